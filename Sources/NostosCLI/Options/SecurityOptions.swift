import ArgumentParser
import Foundation
import NostosLoader
import NostosServer
import SystemPackage

/// The tokens and the certificate of `nostos serve`.
struct SecurityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The tokens file (default: $NOSTOS_TOKENS_FILE, else ./tokens.yml if it exists).",
            valueName: "file"))
    var tokens: String?
    @Flag(help: "Answer lookups without a token.") var publicReads = false
    @Option(help: ArgumentHelp("The certificate chain, PEM.", valueName: "file"))
    var tlsCert: String?
    @Option(help: ArgumentHelp("The certificate's key, PEM.", valueName: "file"))
    var tlsKey: String?
    @Flag(
        name: .customLong("plain-http"),
        help: "Listen beyond loopback without TLS, because a proxy before the server does TLS.")
    var plainHTTP = false

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key: expected both or neither")
        }
    }

    /// The tokens file: of the flag, else of the environment, else `tokens.yml` of the working
    /// directory.
    var file: FilePath? {
        let environment = ProcessInfo.processInfo.environment["NOSTOS_TOKENS_FILE"] ?? ""
        if let tokens { return FilePath(tokens) }
        if !environment.isEmpty { return FilePath(environment) }
        return isFound ? "tokens.yml" : nil
    }

    /// Whether the tokens file is `tokens.yml` of the working directory, which nobody named.
    var isFound: Bool {
        let environment = ProcessInfo.processInfo.environment["NOSTOS_TOKENS_FILE"] ?? ""
        return tokens == nil && environment.isEmpty
            && FileManager.default.fileExists(atPath: "tokens.yml")
    }

    /// The function that reads the tokens; nil where there is no file.
    func loadTokens() -> (@Sendable () throws -> [Token])? {
        guard let file else { return nil }
        return {
            try TokensFile.load(file).map { entry in
                let scopes = entry.scopes.compactMap(TokenScope.init(rawValue:))
                return Token(
                    name: entry.name, digest: entry.digest, scope: scopes.max() ?? .read,
                    expiresAt: entry.expiresAt, reach: JobReach(patterns: entry.jobs))
            }
        }
    }

    /// The certificate and its key; nil without `--tls-cert`.
    func identity() throws -> TLSIdentity? {
        guard let tlsCert, let tlsKey else { return nil }
        return try TLSIdentity(certificateFile: tlsCert, keyFile: tlsKey)
    }
}
