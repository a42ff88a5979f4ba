import ArgumentParser
import NostosServer

/// `nostos token`.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a token and its entry for the tokens file.",
        discussion: """
            The token goes to standard output, or into the file of --out, which only you can \
            read; it is kept nowhere else. The entry holds only a digest and grants no access. It \
            goes to standard error, or is appended to the file of --append; then `kill -HUP` the \
            server.
            """)

    @OptionGroup var output: OutputOptions
    @Argument(help: "The name of its user in the history.") var name: String
    @Option(help: "The scope: read, publish (and read), admin (and both).")
    var scope = ScopeArgument.read
    @Option(
        help: ArgumentHelp(
            "The day or time from which the token is refused.", valueName: "2027-01-31"))
    var expires: String?
    @Option(
        help: ArgumentHelp(
            "A job that it is limited to, or a pattern such as 'reco_*'; may be repeated.",
            valueName: "pattern"))
    var job: [String] = []
    @Option(help: ArgumentHelp("The tokens file that gets the entry.", valueName: "file"))
    var append: String?

    @Option(
        help: ArgumentHelp("A new file for the token, mode 600.", valueName: "file"))
    var out: String?

    /// The document of `-o json`; it has the token only where no file has it.
    private struct Report: Encodable {
        let name: String
        let scope: String
        let entry: String
        let tokensFile: String?
        let token: String?
        let tokenFile: String?
    }

    func run() throws {
        try Failure.guarded {
            if let out { try SecretFile.checkIsNew(out) }
            let token = Token.random()
            let digest = Token.digest(of: token).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            var entry =
                "- {name: \(name), sha256: \"\(digest.joined())\", scopes: [\(scope.rawValue)]"
            if let expires { entry += ", expires: \(expires)" }
            if !job.isEmpty {
                entry += ", jobs: [\(job.map { "\"\($0)\"" }.joined(separator: ", "))]"
            }
            entry += "}\n"
            try TokensFileWriter.check(entry)
            if let append {
                try TokensFileWriter.append(entry, to: append)
            } else if !output.isJSON {
                Output.draw(entry)
            }
            if let out { try SecretFile.write(token + "\n", to: out) }
            guard !output.isJSON else {
                return try Output.json(
                    Report(
                        name: name, scope: scope.rawValue, entry: entry, tokensFile: append,
                        token: out == nil ? token : nil, tokenFile: out))
            }
            if out == nil { Output.line(token) }
        }
    }
}

/// The scope of a token.
enum ScopeArgument: String, ExpressibleByArgument, CaseIterable {
    case read, publish, admin
}
