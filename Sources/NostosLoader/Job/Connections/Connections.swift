public import SystemPackage

/// The connections of one `connections.yml`.
public struct Connections: Sendable {
    /// The most connections in one file.
    public static let maxCount = 1024
    /// The file's name beside a job file.
    public static let fileName = "connections.yml"

    /// The file, as the caller gave it; it need not exist when there are no connections.
    public let path: FilePath
    /// Every secret in the file: passwords, whole URLs, and all that `env_var` gave.
    public let secrets: SecretMask
    private let entries: [String: Result<Connection, JobFileErrors>]

    init(
        path: FilePath, secrets: SecretMask,
        entries: [String: Result<Connection, JobFileErrors>]
    ) {
        self.path = path
        self.secrets = secrets
        self.entries = entries
    }

    /// The names in alphabetical order.
    public var names: [String] { entries.keys.sorted() }

    /// The connection of a generator: the one that it names, else the one that its job names, else
    /// the one called `default`, else the only one.
    public func resolve(_ generator: GeneratorSpec, of job: Job) throws(ConnectionError)
        -> Connection
    {
        try resolve(generator.connection ?? job.connection)
    }

    /// The secrets that the messages of a job's run must not show: the job file's own, and those of
    /// the connections that its generators and checks use.
    public func mask(of job: Job) -> SecretMask {
        var names = job.generators.compactMap { generator -> String?? in
            guard case .sql = generator.kind else { return nil }
            return .some(generator.connection ?? job.connection)
        }
        names += job.checks.compactMap { check -> String?? in
            check.query.map { $0.connection ?? job.connection }
        }
        var mask = job.secrets
        for name in Set(names) {
            // One that cannot be resolved ends the run before it could say anything.
            if let connection = try? resolve(name) { mask.formUnion(connection.secrets) }
        }
        return mask
    }

    /// The connection of that name; without a name the one called `default`, else the only one.
    public func resolve(_ name: String?) throws(ConnectionError) -> Connection {
        let entry: Result<Connection, JobFileErrors>
        if let name {
            guard let named = entries[name] else {
                throw .unknown(name: name, known: names, file: path.string)
            }
            entry = named
        } else if let chosen = entries["default"] {
            entry = chosen
        } else if let only = entries.first?.value, entries.count == 1 {
            entry = only
        } else if entries.isEmpty {
            throw .none(file: path.string)
        } else {
            throw .ambiguous(known: names, file: path.string)
        }
        switch entry {
        case .success(let connection): return connection
        case .failure(let errors): throw .incomplete(errors)
        }
    }
}

extension Connections {
    /// The connections for a job file: those of `file`, or of `connections.yml` beside the job
    /// file, which may be missing: there are no connections then.
    ///
    /// - Throws: every error of the file. An environment variable that is not set is an error of
    ///   its connection alone, and comes when that one is resolved.
    public static func load(
        for jobFile: FilePath, file: FilePath? = nil, environment: [String: String]
    ) throws(JobFileErrors) -> Connections {
        if let file { return try load(file, environment: environment) }
        let path = jobFile.removingLastComponent().appending(fileName)
        do {
            return try load(path, environment: environment)
        } catch {
            // Only a file that is not there means no connections; one that cannot be read does not.
            guard error.cause == .noSuchFileOrDirectory else { throw error }
            return Connections(path: path, secrets: SecretMask(), entries: [:])
        }
    }

    /// The connections of that file.
    public static func load(
        _ path: FilePath, environment: [String: String]
    ) throws(JobFileErrors) -> Connections {
        let text = try JobFile.readFile(path)
        return try parse(text, path: path, environment: environment)
    }

    /// The connections of a file's text, as if it stood at that path.
    public static func parse(
        _ text: String, path: FilePath, environment: [String: String]
    ) throws(JobFileErrors) -> Connections {
        let log = DiagnosticLog(file: path.string, isConfidential: true)
        let lines = TextLines(text)
        let context = ReadingContext(
            log: log, lines: lines, directory: path.removingLastComponent(),
            scope: TemplateScope(vars: [:], environment: environment))
        var entries: [String: Result<Connection, JobFileErrors>] = [:]
        if text.utf8.count > YAMLNode.maxSize {
            let error = FileTextError.tooLarge(maxSize: YAMLNode.maxSize)
            log.error(at: .wholeFile, found: error.found, expected: "less")
        } else if let root = YAMLReader.read(lines, log: log) {
            entries = ConnectionsReader(context: context).read(root)
        }
        guard !log.hasErrors else { throw log.failure() }
        return Connections(path: path, secrets: log.secrets, entries: entries)
    }
}
