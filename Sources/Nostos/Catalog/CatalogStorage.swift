import SystemPackage

// The catalog's two files as one thing: LMDB, which readers read, and the journal, which is
// written first. RELIABILITY §5, "L" and "J".
//
//     key in LMDB                    value: 8 bytes XXH3 of the rest, seeded with the key's; JSON
//     state                          CatalogHead: the generation and the journal's last line
//     job/<name>                     JobState
//     run/<job>/<16 digits>          RunRecord

/// The environment-wide statistics of LMDB.
struct CatalogHead: Codable, Sendable, Hashable {
    static let format = 1

    var format = CatalogHead.format
    /// The last line of the journal that was committed; its generation is the catalog's.
    var mark: JournalMark
}

/// The keys and values in LMDB.
enum CatalogRow {
    static let head = "state"
    static let jobs = "job/"
    static let runs = "run/"

    static func job(_ name: String) -> String { jobs + name }

    static func run(_ job: String, _ version: Int) -> String {
        let digits = String(version)
        return runs(of: job) + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    static func runs(of job: String) -> String { "\(runs)\(job)/" }

    /// The bytes stored under a key: a checksum that also knows the key, and the JSON.
    static func encode(_ value: some Encodable, key: String) throws(CatalogError) -> [UInt8] {
        let text = try CatalogJSON.encode(value)
        var row: [UInt8] = []
        row.append(littleEndian: checksum(text, key))
        return row + text
    }

    /// The value stored under a key, or nil when the bytes are not what was stored.
    static func decode<Value: Decodable>(_: Value.Type, _ row: [UInt8], key: String) -> Value? {
        guard row.count > 8 else { return nil }
        let text = [UInt8](row[8...])
        guard row.span.littleEndian(UInt64.self, at: 0) == checksum(text, key) else { return nil }
        return CatalogJSON.decode(Value.self, text)
    }

    private static func checksum(_ text: [UInt8], _ key: String) -> UInt64 {
        let key = Array(key.utf8)
        return Checksum.hash(text.span, seed: Checksum.hash(key.span))
    }
}

extension StoreLayout {
    /// The value of one row, read and checked; nil when there is no such key.
    func row<Value: Decodable>(_ type: Value.Type, _ key: String, _ bytes: [UInt8]?)
        throws(CatalogError) -> Value?
    {
        guard let bytes else { return nil }
        guard let value = CatalogRow.decode(type, bytes, key: key) else {
            throw .damaged(file: data.string, detail: "the checksum of '\(key)' does not hold")
        }
        return value
    }

    /// The head of an environment.
    ///
    /// - Throws: ``CatalogError/damaged(file:detail:)`` also when there is none: a catalog never
    ///   takes its name before it has one.
    func head(_ environment: SharedEnvironment) throws(CatalogError) -> CatalogHead {
        let bytes = try environment.read { transaction throws(LMDBError) in
            try transaction.value(CatalogRow.head)
        }
        guard let head = try row(CatalogHead.self, CatalogRow.head, bytes) else {
            throw .damaged(file: data.string, detail: "it has no head")
        }
        guard head.format <= CatalogHead.format else {
            throw .newerFormat(
                file: data.string, found: head.format, supported: CatalogHead.format)
        }
        return head
    }

    /// The generation and all jobs, of one moment.
    func jobs(_ environment: SharedEnvironment) throws(CatalogError) -> (UInt64, [JobState]) {
        let (headBytes, rows) = try environment.read { transaction throws(LMDBError) in
            (
                try transaction.value(CatalogRow.head),
                try transaction.entries(prefix: CatalogRow.jobs)
            )
        }
        guard let head = try row(CatalogHead.self, CatalogRow.head, headBytes) else {
            throw .damaged(file: data.string, detail: "it has no head")
        }
        var jobs: [JobState] = []
        for (key, bytes) in rows {
            guard let job = try row(JobState.self, key, bytes) else { continue }
            if let defect = job.defect { throw .damaged(file: data.string, detail: defect) }
            jobs.append(job)
        }
        return (head.mark.generation, jobs)
    }

    /// One job, or nil.
    func job(_ name: String, _ environment: SharedEnvironment) throws(CatalogError) -> JobState? {
        let key = CatalogRow.job(name)
        let bytes = try environment.read { transaction throws(LMDBError) in
            try transaction.value(key)
        }
        let job = try row(JobState.self, key, bytes)
        if let defect = job?.defect { throw .damaged(file: data.string, detail: defect) }
        return job
    }

    /// The runs of one job, or of all, by job and version.
    func runs(of job: String?, _ environment: SharedEnvironment) throws(CatalogError)
        -> [RunRecord]
    {
        let prefix = job.map(CatalogRow.runs(of:)) ?? CatalogRow.runs
        let rows = try environment.read { transaction throws(LMDBError) in
            try transaction.entries(prefix: prefix)
        }
        var runs: [RunRecord] = []
        for (key, bytes) in rows {
            guard let run = try row(RunRecord.self, key, bytes) else { continue }
            runs.append(run)
        }
        return runs
    }
}

extension StoreLayout {
    /// Writes the head alone.
    func write(_ head: CatalogHead, _ environment: SharedEnvironment) throws(CatalogError) {
        let row = try CatalogRow.encode(head, key: CatalogRow.head)
        try environment.write { transaction throws(LMDBError) in
            try transaction.set(CatalogRow.head, row)
        }
    }

    /// Writes one change in one transaction: the head, the job, and the run that has ended.
    func write(
        _ head: CatalogHead, _ job: JobState, _ run: RunRecord?, _ environment: SharedEnvironment
    ) throws(CatalogError) {
        let headRow = try CatalogRow.encode(head, key: CatalogRow.head)
        let jobKey = CatalogRow.job(job.name)
        let jobRow = try CatalogRow.encode(job, key: jobKey)
        let runKey = run.map { CatalogRow.run($0.job, $0.version) } ?? ""
        let runRow = try run.map { run throws(CatalogError) in
            try CatalogRow.encode(run, key: runKey)
        }
        try environment.write { transaction throws(LMDBError) in
            try transaction.set(CatalogRow.head, headRow)
            try transaction.set(jobKey, jobRow)
            guard let runRow else { return }
            try transaction.set(runKey, runRow)
            let runs = try transaction.entries(prefix: CatalogRow.runs(of: job.name))
            for (key, _) in runs.dropLast(CatalogContents.maxRuns) { try transaction.remove(key) }
        }
    }
}
