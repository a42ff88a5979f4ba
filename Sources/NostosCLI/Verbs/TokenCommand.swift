import ArgumentParser
import NostosServer

/// `nostos token`.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a token, and its entry for the tokens file.",
        discussion: """
            The token goes to standard output, or into the file of --out, which only you can read, \
            and is kept nowhere else: give it to who needs it. The entry, which lets nobody in, goes to standard error, or is appended to the file of \
            --append; then `kill -HUP` the server.
            """)

    @Argument(help: "Who uses it; the name in the history.") var name: String
    @Option(help: "What it is for: read, publish (and read), admin (and both).")
    var scope = ScopeArgument.read
    @Option(
        help: ArgumentHelp(
            "The day or time from which the token is refused.", valueName: "2027-01-31"))
    var expires: String?
    @Option(
        help: ArgumentHelp(
            "Only for this job, or those that match, such as 'reco_*'; may be repeated.",
            valueName: "pattern"))
    var job: [String] = []
    @Option(help: ArgumentHelp("The tokens file that gets the entry.", valueName: "file"))
    var append: String?

    @Option(
        help: ArgumentHelp("A new file for the token, mode 600.", valueName: "file"))
    var out: String?

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
            } else {
                Output.draw(entry)
            }
            if let out { try SecretFile.write(token + "\n", to: out) } else { Output.line(token) }
        }
    }
}

/// A token's scope on the command line.
enum ScopeArgument: String, ExpressibleByArgument, CaseIterable {
    case read, publish, admin
}
