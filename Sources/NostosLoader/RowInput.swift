import Nostos
import SystemPackage

/// Where the rows of one generator come from.
enum RowInput {
    case query(any Source, SQLText)
    /// A generator of constants has no rows.
    case none

    /// Finds the generator's connection; nothing is opened.
    init(
        _ generator: GeneratorSpec, of job: Job, _ connections: Connections, _ mask: SecretMask
    ) throws {
        switch generator.kind {
        case .sql(let sql):
            self = .query(Self.source(try connections.resolve(generator, of: job)), sql)
        case .file, .command: preconditionFailure("a generator that `Job.unsupported` lists")
        case .constant: self = .none
        }
    }

    /// The connection's name, the file's path, the program; it may hold secrets.
    var name: String? {
        switch self {
        case .query(let source, _): source.name
        case .none: nil
        }
    }

    /// Opens all rows.
    func open(_ generator: GeneratorSpec) throws(LocatedSourceError) -> any RowCursor {
        try located(generator) { () throws(SourceError) in
            switch self {
            case .query(let source, let sql): try source.open(query: sql.text)
            case .none: preconditionFailure("the rows of a generator of constants")
            }
        }
    }

    /// Opens that part of the rows, if the source can tell it apart, and all rows otherwise.
    func open(
        _ generator: GeneratorSpec, part: QueryPart
    ) throws(LocatedSourceError) -> any RowCursor {
        guard case .query(let source, let sql) = self else { return try open(generator) }
        return try located(generator) { () throws(SourceError) in
            try source.open(query: sql.text, part: part)
        }
    }

    /// The columns without a row being read, apart from a file's first ones; nil for a program,
    /// which is not started for that.
    func columns(_ generator: GeneratorSpec) throws(LocatedSourceError) -> [SourceColumn]? {
        try located(generator) { () throws(SourceError) in
            switch self {
            case .query(let source, let sql): try source.columns(of: sql.text)
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

    private static func source(_ connection: Connection) -> any Source {
        switch connection.kind {
        case .sqlite(let path): SQLiteSource(name: connection.name, path: path)
        case .postgresql(let conninfo):
            PostgresSource(name: connection.name, conninfo: conninfo.revealed)
        case .redshift(let conninfo):
            PostgresSource(
                name: connection.name, conninfo: conninfo.revealed, dialect: .redshift)
        }
    }
}
