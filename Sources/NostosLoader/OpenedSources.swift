import Nostos
import SystemPackage

/// The sources of a job's generators, opened so that their columns are known.
///
/// The cursors of the first few generators are kept; those of the others are opened again when
/// their turn comes, so that a job with many generators does not use up a server's connections.
struct OpenedSources: ~Copyable {
    private static let maxKept = 8

    /// Opens the rows of one generator.
    private typealias Opener = () throws(SourceError) -> any RowCursor

    private let job: Job
    private let openers: [Opener?]
    private let inputs: [GeneratorInput]
    private var cursors: [Int: any RowCursor]

    /// Opens the sources of all generators.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - connections: what its generators connect to.
    ///   - mask: the secrets that messages of programs must not show.
    /// - Throws: ``ConnectionError`` or ``LocatedSourceError``.
    init(_ job: Job, _ connections: Connections, mask: SecretMask) throws {
        self.job = job
        var openers: [Opener?] = []
        var inputs: [GeneratorInput] = []
        var cursors: [Int: any RowCursor] = [:]
        for (ordinal, generator) in job.generators.enumerated() {
            if case .constant(let constants) = generator.kind {
                openers.append(nil)
                inputs.append(GeneratorInput(name: generator.name, constants: constants))
                continue
            }
            let opener = try Self.opener(generator, of: job, connections, mask)
            openers.append(opener)
            let cursor = try Self.open(opener, generator)
            inputs.append(GeneratorInput(generator, columns: cursor.columns))
            // A program runs once.
            if ordinal < Self.maxKept || generator.isCommand { cursors[ordinal] = cursor }
        }
        (self.openers, self.inputs, self.cursors) = (openers, inputs, cursors)
    }

    /// What the job's fields and its key are, by the columns that the sources report.
    func plan() throws(PlanError) -> LoadPlan {
        try LoadPlan(
            indexColumns: job.indexColumns,
            keyTypes: job.keyTypes, generators: inputs)
    }

    /// The rows of the generator of that ordinal, which has some; each is asked for once.
    mutating func cursor(_ ordinal: Int) throws -> any RowCursor {
        // Whoever reads it holds it: a connection goes as soon as its rows are read.
        if let cursor = cursors.removeValue(forKey: ordinal) { return cursor }
        let generator = job.generators[ordinal]
        guard let opener = openers[ordinal] else {
            preconditionFailure("the rows of a generator of constants")
        }
        let cursor = try Self.open(opener, generator)
        guard cursor.columns == inputs[ordinal].columns else {
            throw RunError(
                .badJob,
                "\(generator.name): other columns, or other types, than when the run began")
        }
        return cursor
    }

    private static func open(
        _ opener: Opener, _ generator: GeneratorSpec
    ) throws(LocatedSourceError) -> any RowCursor {
        do throws(SourceError) {
            return try opener()
        } catch {
            throw LocatedSourceError(error, generator)
        }
    }

    private static func opener(
        _ generator: GeneratorSpec, of job: Job, _ connections: Connections, _ mask: SecretMask
    ) throws -> Opener {
        let contract = TextContract(
            keys: job.indexColumns, keyTypes: job.keyTypes, columns: generator.columns)
        switch generator.kind {
        case .sql(let sql):
            let source = source(try connections.resolve(generator, of: job))
            return { () throws(SourceError) in try source.open(query: sql.text) }
        case .file(let file):
            let source = FileSource(file: file, contract: contract)
            return { () throws(SourceError) in try source.open() }
        case .command(let command):
            let source = CommandSource(
                command: command, directory: job.path.removingLastComponent(),
                contract: contract, mask: mask)
            return { () throws(SourceError) in try source.open() }
        case .constant: preconditionFailure("constants have no rows")
        }
    }

    /// The source at the other end of a connection.
    static func source(_ connection: Connection) -> any Source {
        switch connection.kind {
        case .sqlite(let path): SQLiteSource(name: connection.name, path: path)
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

extension GeneratorSpec {
    fileprivate var isCommand: Bool {
        if case .command = kind { true } else { false }
    }
}
