import Nostos

/// The sources of a job's generators, of which the columns are known.
///
/// Queries are only described at the start; each is sent when its generator's turn comes, and all
/// of one connection in one transaction. A program runs once: its cursor is kept, as are those of
/// the first few files.
struct OpenedSources: ~Copyable {
    private static let maxKeptFiles = 8

    private let job: Job
    private let sessions: SourceSessions
    private let sources: [RowInput]
    private let inputs: [GeneratorInput]
    private var cursors: [Int: any RowCursor] = [:]
    /// The number of generators of each connection that are still to be read.
    private var waiting: [String: Int] = [:]

    /// Has databases describe the queries, then opens files and starts programs.
    ///
    /// In that order, so that a mistake in a query is found before a program has run for an hour,
    /// and no transaction waits for one.
    ///
    /// - Parameters:
    ///   - job: the job.
    ///   - connections: what its generators connect to.
    ///   - sessions: the run's sessions; their transactions have ended when this returns.
    ///   - mask: the secrets that messages of programs must not show.
    /// - Throws: ``ConnectionError`` or ``LocatedSourceError``.
    init(
        _ job: Job, _ connections: Connections, _ sessions: SourceSessions, mask: SecretMask
    ) throws {
        let sources = try job.generators.map { try RowInput($0, of: job, connections, mask) }
        var columns: [Int: [SourceColumn]] = [:]
        for (ordinal, generator) in job.generators.enumerated() {
            guard case .query(let source, _) = sources[ordinal] else { continue }
            columns[ordinal] = try sources[ordinal].columns(generator, in: sessions)
            waiting[source.name, default: 0] += 1
        }
        sessions.restAll()
        var inputs: [GeneratorInput] = []
        for (ordinal, generator) in job.generators.enumerated() {
            if case .constant(let constants) = generator.kind {
                inputs.append(GeneratorInput(name: generator.name, constants: constants))
                continue
            }
            if columns[ordinal] == nil {
                let cursor = try sources[ordinal].open(generator, in: sessions)
                columns[ordinal] = cursor.columns
                var isKept = ordinal < Self.maxKeptFiles
                if case .command = sources[ordinal] { isKept = true }
                if isKept { cursors[ordinal] = cursor }
            }
            inputs.append(GeneratorInput(generator, columns: columns[ordinal] ?? []))
        }
        (self.job, self.sessions, self.sources, self.inputs) = (job, sessions, sources, inputs)
    }

    /// The plan of the job's fields and its key, by the columns that the sources report.
    func plan() throws(LocatedPlanError) -> RecordPlan { try job.plan(of: inputs) }

    /// The rows of the generator of that ordinal, which has some; each is asked for once, when the
    /// one before was read to its end.
    mutating func cursor(_ ordinal: Int) throws -> any RowCursor {
        // Its reader holds it: a file is closed as soon as its rows are read.
        if let cursor = cursors.removeValue(forKey: ordinal) { return cursor }
        let generator = job.generators[ordinal]
        let cursor = try sources[ordinal].open(generator, in: sessions)
        guard cursor.columns == inputs[ordinal].columns else {
            throw RunError(
                .badJob,
                "\(generator.name): other columns, or other types, than when the run began")
        }
        return cursor
    }

    /// Ends the transaction of the generator's connection, if no other generator is to read it.
    mutating func finish(_ ordinal: Int) {
        guard case .query(let source, _) = sources[ordinal] else { return }
        waiting[source.name, default: 1] -= 1
        if waiting[source.name] == 0 { sessions.rest(source.name) }
    }
}
