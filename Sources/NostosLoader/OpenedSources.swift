import Nostos

/// The sources of a job's generators, opened so that their columns are known.
///
/// The cursors of the first few generators are kept; those of the others are opened again when
/// their turn comes, so that a job with many generators does not use up a server's connections. A
/// program runs once: its cursor is kept.
struct OpenedSources: ~Copyable {
    private static let maxKept = 8

    private let job: Job
    private let sources: [RowInput]
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
        let sources = try job.generators.map { try RowInput($0, of: job, connections, mask) }
        var inputs: [GeneratorInput] = []
        var cursors: [Int: any RowCursor] = [:]
        for (ordinal, generator) in job.generators.enumerated() {
            if case .constant(let constants) = generator.kind {
                inputs.append(GeneratorInput(name: generator.name, constants: constants))
                continue
            }
            let cursor = try sources[ordinal].open(generator)
            inputs.append(GeneratorInput(generator, columns: cursor.columns))
            var isKept = ordinal < Self.maxKept
            if case .command = sources[ordinal] { isKept = true }
            if isKept { cursors[ordinal] = cursor }
        }
        (self.job, self.sources, self.inputs, self.cursors) = (job, sources, inputs, cursors)
    }

    /// What the job's fields and its key are, by the columns that the sources report.
    func plan() throws(LocatedPlanError) -> LoadPlan { try job.plan(of: inputs) }

    /// The rows of the generator of that ordinal, which has some; each is asked for once.
    mutating func cursor(_ ordinal: Int) throws -> any RowCursor {
        // Whoever reads it holds it: a connection goes as soon as its rows are read.
        if let cursor = cursors.removeValue(forKey: ordinal) { return cursor }
        let generator = job.generators[ordinal]
        let cursor = try sources[ordinal].open(generator)
        guard cursor.columns == inputs[ordinal].columns else {
            throw RunError(
                .badJob,
                "\(generator.name): other columns, or other types, than when the run began")
        }
        return cursor
    }
}
