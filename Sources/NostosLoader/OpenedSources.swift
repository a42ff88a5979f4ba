import Nostos

/// The sources of a job's generators, opened so that their columns are known.
///
/// The cursors of the first few generators are kept; those of the others are opened again when
/// their turn comes, so that a job with many generators does not use up a server's connections.
struct OpenedSources: ~Copyable {
    private static let maxKept = 8

    private let job: Job
    private let sources: [(any Source)?]
    private let queries: [String]
    private let inputs: [GeneratorInput]
    private var cursors: [(any RowCursor)?]

    /// Opens the sources of all generators.
    ///
    /// - Throws: ``ConnectionError`` or ``LocatedSourceError``.
    init(_ job: Job, _ connections: Connections) throws {
        self.job = job
        var sources: [(any Source)?] = []
        var queries: [String] = []
        var inputs: [GeneratorInput] = []
        var cursors: [(any RowCursor)?] = []
        for generator in job.generators {
            if case .constant(let constants) = generator.kind {
                sources.append(nil)
                queries.append("")
                inputs.append(GeneratorInput(name: generator.name, constants: constants))
                if cursors.count < Self.maxKept { cursors.append(nil) }
                continue
            }
            guard case .sql(let sql) = generator.kind else {
                preconditionFailure("a generator that `Job.unsupported` lists")
            }
            let source = Self.source(try connections.resolve(generator, of: job))
            let cursor = try Self.open(source, sql.text, generator)
            sources.append(source)
            queries.append(sql.text)
            inputs.append(GeneratorInput(generator, columns: cursor.columns))
            if cursors.count < Self.maxKept { cursors.append(cursor) }
        }
        (self.sources, self.queries, self.inputs, self.cursors) = (
            sources, queries, inputs, cursors
        )
    }

    /// What the job's fields and its key are, by the columns that the sources report.
    func plan() throws(PlanError) -> LoadPlan {
        try LoadPlan(
            indexColumns: job.indexColumns,
            keyTypes: job.keyTypes, generators: inputs)
    }

    /// The rows of the generator of that ordinal, which has some; each is asked for once.
    mutating func cursor(_ ordinal: Int) throws -> any RowCursor {
        if ordinal < cursors.count, let cursor = cursors[ordinal] {
            // Whoever reads it holds it: a connection goes as soon as its rows are read.
            cursors[ordinal] = nil
            return cursor
        }
        guard let source = sources[ordinal] else {
            preconditionFailure("the rows of a generator of constants")
        }
        return try Self.open(source, queries[ordinal], job.generators[ordinal])
    }

    private static func open(
        _ source: any Source, _ query: String, _ generator: GeneratorSpec
    ) throws(LocatedSourceError) -> any RowCursor {
        do throws(SourceError) {
            return try source.open(query: query)
        } catch {
            throw LocatedSourceError(error, generator)
        }
    }

    /// The source at the other end of a connection.
    static func source(_ connection: Connection) -> any Source {
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
