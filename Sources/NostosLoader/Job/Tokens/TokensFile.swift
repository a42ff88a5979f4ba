public import SystemPackage

/// The content of a `tokens.yml`: the callers of the server and their scopes (docs/rest.md,
/// "Tokens").
///
/// It holds digests of tokens and no token, so reading it grants no access; writing it does.
public enum TokensFile {
    /// The most tokens in one file: each one is compared for each request.
    public static let maxCount = 1024
    /// The most patterns of jobs for one token.
    public static let maxPatternCount = 64
    /// The longest name of a token, in bytes.
    public static let maxNameSize = 63
    /// The scopes that a token may have.
    public static let scopes = ["read", "publish", "admin"]

    /// One entry: everything about a token but the token.
    public struct Entry: Sendable, Hashable {
        /// The name of the token's user; the actor in the history.
        public let name: String
        /// The SHA-256 of the token's text: 32 bytes.
        public let digest: [UInt8]
        /// The scopes of the token, of ``TokensFile/scopes``; at least one.
        public let scopes: [String]
        /// The time from which the token is refused, in seconds since 1970.
        public let expiresAt: Int64?
        /// Patterns of the names of jobs that it is for, in which `*` stands for any characters;
        /// nil is every job.
        public let jobs: [String]?
    }

    /// The entries of that file; none is fine.
    ///
    /// - Throws: every error of the file, in order of position; or that others than its owner may
    ///   write it, and so make themselves a token.
    public static func load(_ path: FilePath) throws(JobFileErrors) -> [Entry] {
        let entries = try parse(JobFile.readFile(path), path: path)
        let mode = (try? path.stat())?.permissions ?? []
        guard mode.isDisjoint(with: [.groupWrite, .otherWrite]) else {
            let log = DiagnosticLog(file: path.string)
            log.error(
                at: .wholeFile,
                found: "a file that others may write (mode \(String(mode.rawValue, radix: 8)))",
                expected: "one that only its owner may: chmod go-w \(path)")
            throw log.failure()
        }
        return entries
    }

    /// The entries of a file's text, as if it stood at that path.
    public static func parse(_ text: String, path: FilePath) throws(JobFileErrors) -> [Entry] {
        let log = DiagnosticLog(file: path.string, isConfidential: true)
        let lines = TextLines(text)
        let context = ReadingContext(
            log: log, lines: lines, directory: path.removingLastComponent(),
            scope: TemplateScope(vars: [:], environment: [:]))
        var entries: [Entry] = []
        if text.utf8.count > YAMLNode.maxSize {
            let error = FileTextError.tooLarge(maxSize: YAMLNode.maxSize)
            log.error(at: .wholeFile, found: error.found, expected: "less")
        } else if let root = YAMLReader.read(lines, log: log) {
            entries = TokensReader(context: context).read(root)
        }
        guard !log.hasErrors else { throw log.failure() }
        return entries
    }
}
