import Nostos
import SystemPackage

/// The input that produces the rows of one generator.
enum RowInput {
    case query(any Source, SQLText)
    case file(FileSource)
    case command(CommandSource)
    /// A generator of constants has no rows.
    case none

    /// Finds the generator's connection; nothing is opened.
    init(
        _ generator: GeneratorSpec, of job: Job, _ connections: Connections, _ mask: SecretMask
    ) throws {
        var contract = TextContract(
            keys: job.indexColumns, keyTypes: job.keyTypes, columns: generator.columns)
        switch generator.kind {
        case .sql(let sql):
            let connection = try Self.connection(of: generator, of: job, connections)
            self = .query(Self.source(connection), sql)
        case .file(let file):
            contract.options = file.options
            self = .file(FileSource(file: file, contract: contract))
        case .command(let command):
            contract.options = command.options
            self = .command(
                CommandSource(
                    command: command, directory: job.path.removingLastComponent(),
                    contract: contract, mask: mask))
        case .constant: self = .none
        }
    }

    /// The connection's name, the file's path, the program; it may hold secrets.
    var name: String? {
        switch self {
        case .query(let source, _): source.name
        case .file(let source): source.file.path.string
        case .command(let source): source.command.words.first
        case .none: nil
        }
    }

    /// Whether a program writes the rows, so that only its run shows all columns.
    var isCommand: Bool {
        if case .command = self { true } else { false }
    }

    /// Opens all rows.
    func open(
        _ generator: GeneratorSpec, in sessions: SourceSessions
    ) throws(LocatedSourceError) -> any RowCursor {
        try located(generator) { () throws(SourceError) in
            switch self {
            case .query(let source, let sql):
                generator.reading(
                    try sessions.session(of: source).open(
                        query: sql.text, stated: generator.statedTypes))
            case .file(let source): try source.open()
            case .command(let source): try source.open()
            case .none: preconditionFailure("the rows of a generator of constants")
            }
        }
    }

    /// Opens that part of the rows, if the source can separate it, and all rows otherwise.
    func open(
        _ generator: GeneratorSpec, part: QueryPart, in sessions: SourceSessions
    ) throws(LocatedSourceError) -> any RowCursor {
        guard case .query(let source, let sql) = self else {
            return try open(generator, in: sessions)
        }
        return try located(generator) { () throws(SourceError) in
            generator.reading(
                try sessions.session(of: source).open(
                    query: sql.text, part: part, stated: generator.statedTypes))
        }
    }

    /// The columns without a row being read, apart from a file's first ones; nil for a program,
    /// which is not started for that.
    func columns(
        _ generator: GeneratorSpec, in sessions: SourceSessions
    ) throws(LocatedSourceError) -> [SourceColumn]? {
        try located(generator) { () throws(SourceError) in
            switch self {
            case .query(let source, let sql):
                generator.reading(
                    try sessions.session(of: source).columns(
                        of: sql.text, stated: generator.statedTypes))
            case .file(let source): try source.open().columns
            case .command: nil
            case .none: []
            }
        }
    }

    private func located<Result>(
        _ generator: GeneratorSpec, _ body: () throws(SourceError) -> Result
    ) throws(LocatedSourceError) -> Result {
        do throws(SourceError) { return try body() } catch {
            throw LocatedSourceError(error, generator)
        }
    }

    /// The connection of a generator; an error names the place in the job file.
    private static func connection(
        of generator: GeneratorSpec, of job: Job, _ connections: Connections
    ) throws -> Connection {
        do throws(ConnectionError) { return try connections.resolve(generator, of: job) } catch {
            if case .incomplete = error { throw error }
            let mark =
                generator.keyMarks["connection"] ?? job.keyMarks["connection"] ?? generator.mark
            throw RunError(.configuration, "\(job.path):\(mark.line):\(mark.column): \(error)")
        }
    }

    /// The source at the other end of a connection.
    static func source(_ connection: Connection) -> any Source {
        switch connection.kind {
        case .sqlite(let path):
            SQLiteSource(name: connection.name, path: path)
        case .postgresql(let conninfo):
            PostgresSource(
                name: connection.name, conninfo: conninfo.revealed,
                statementTimeout: connection.statementTimeout)
        case .redshift(let conninfo):
            PostgresSource(
                name: connection.name, conninfo: conninfo.revealed, dialect: .redshift,
                statementTimeout: connection.statementTimeout)
        }
    }
}
