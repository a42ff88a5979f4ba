import NIOPosix
import Nostos

/// The routes that show the catalog.
struct CatalogHandlers: Sendable {
    static let maxPageSize = 1000
    static let pageSize = 100

    let catalog: Catalog
    let diffs: DiffWorker

    func jobs(_ request: ControlRequest) async throws -> ControlAnswer {
        let jobs = try await work { catalog in try catalog.jobs() }
        return try ControlAnswer.document(
            JobsDocument(
                jobs: jobs.filter { request.caller.reach.includes($0.name) }
                    .map { JobDocument(state: $0) }))
    }

    func job(_ request: ControlRequest) async throws -> ControlAnswer {
        let state = try await state(request)
        if request.hasSeen(state.stateTag) { return .notModified(tag: state.stateTag) }
        return try ControlAnswer.document(JobDocument(state: state), tag: state.stateTag)
    }

    func versions(_ request: ControlRequest) async throws -> ControlAnswer {
        let state = try await state(request)
        let document = VersionsDocument(job: state.name, versions: state.versions.reversed())
        return try ControlAnswer.document(document, tag: state.stateTag)
    }

    func version(_ request: ControlRequest) async throws -> ControlAnswer {
        let state = try await state(request)
        let version = try state.version(named: request.parameter("version"))
        let document = try await work { catalog in
            try VersionDocument(of: version, job: state.name, in: catalog)
        }
        return try ControlAnswer.document(document)
    }

    func schema(_ request: ControlRequest) async throws -> ControlAnswer {
        let state = try await state(request)
        let text = request.query("version") ?? "current"
        let version = try state.version(named: text)
        let schema = try await work { catalog in
            try catalog.openTable(job: state.name, version).info.schema
        }
        return try ControlAnswer.document(
            SchemaDocument(
                job: state.name, version: version.number, key: schema.keyDocuments,
                fields: schema.fieldDocuments))
    }

    /// Counts the differences between two versions as `nostos diff` does, by default from the
    /// previous one to the current one.
    func diff(_ request: ControlRequest) async throws -> ControlAnswer {
        let state = try await state(request)
        let from = try state.version(named: request.query("from") ?? "previous")
        let to = try state.version(named: request.query("to") ?? "current")
        let catalog = catalog
        let summary = try await diffs.summary(from: from.digest, to: to.digest) {
            try DiffSummary(
                from: catalog.openTable(job: state.name, from),
                to: catalog.openTable(job: state.name, to))
        }
        return try ControlAnswer.document(
            DiffDocument(job: state.name, from: from.number, to: to.number, summary: summary))
    }

    /// Reads every byte of a version's table, as `nostos verify` does; one table at a time.
    func verify(_ request: ControlRequest) async throws -> ControlAnswer {
        _ = try await ControlBody(reading: request, names: [])
        let state = try await state(request)
        let version = try state.version(named: request.parameter("version"))
        let catalog = catalog
        let result = try await diffs.work {
            try VerificationDocument(
                verifying: version, of: state.name, in: catalog, showsPaths: false)
        }
        return try ControlAnswer.document(result)
    }

    func runs(_ request: ControlRequest) async throws -> ControlAnswer {
        let limit = try request.number("limit", in: 1...Self.maxPageSize, otherwise: Self.pageSize)
        let job = try await knownJob(request)
        let runs = try await work { catalog in try catalog.runs(job: job) }
            .filter { request.caller.reach.includes($0.job) }
            .sorted { ($0.startedAt, $0.version) > ($1.startedAt, $1.version) }
        return try ControlAnswer.document(RunsDocument(runs: Array(runs.prefix(limit))))
    }

    func events(_ request: ControlRequest) async throws -> ControlAnswer {
        let limit = try request.number("limit", in: 1...Self.maxPageSize, otherwise: Self.pageSize)
        let before = try request.number("before", in: 1...Int.max, otherwise: .max)
        let job = try await knownJob(request)
        let events = try await work { catalog in try catalog.events(job: job) }
            .filter { event in
                // Only callers that see the whole store see its own events.
                event.generation < UInt64(before)
                    && event.job.map(request.caller.reach.includes) ?? request.caller.reach.isAll
            }
        let page = Array(events.suffix(limit).reversed())
        let next = events.count > limit ? page.last?.generation : nil
        return try ControlAnswer.document(EventsDocument(events: page, next: next))
    }

    /// The job of the path.
    func state(_ request: ControlRequest) async throws -> JobState {
        let name = try request.job()
        guard request.caller.reach.includes(name),
            let state = try await work({ catalog in try catalog.job(name) })
        else {
            throw CatalogError.unknownJob(name)
        }
        return state
    }

    /// The job of the query, which must have a history, though it may be removed; nil is all jobs.
    private func knownJob(_ request: ControlRequest) async throws -> String? {
        guard let name = request.query("job") else { return nil }
        guard request.caller.reach.includes(name),
            try await work({ catalog in try catalog.hasHistory(of: name) })
        else {
            throw CatalogError.unknownJob(name)
        }
        return name
    }

    /// Runs work that reads files on a thread that may wait.
    func work<Result: Sendable>(
        _ body: @escaping @Sendable (Catalog) throws -> Result
    ) async throws -> Result {
        let catalog = catalog
        return try await NIOThreadPool.singleton.runIfActive { try body(catalog) }
    }
}
