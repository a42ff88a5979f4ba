import SystemPackage
import TestSupport

@testable import Nostos

/// A store in a directory of its own, whose tables are plain files: the catalog never looks inside.
struct CatalogFixture {
    let directory: TemporaryDirectory
    let root: FilePath
    var layout: StoreLayout { StoreLayout(root: root) }

    init() throws {
        directory = try TemporaryDirectory()
        root = directory.file("store")
    }

    func open() throws -> Catalog {
        try Catalog.open(root, create: true)
    }

    /// Runs the job once, up to its publication.
    @discardableResult
    func publish(
        _ catalog: Catalog, _ job: String = "j", promote: Bool = true, keep: Int = 3,
        dropDelay: Duration = .zero
    ) throws -> PublishOutcome {
        let run = try catalog.beginRun(job: job, actor: "tester")
        let summary = try write(run)
        try run.checking()
        return try run.publish(
            summary: summary, promote: promote, keepVersions: keep, dropDelay: dropDelay,
            record: Self.record(run))
    }

    /// Writes what stands for a table.
    func write(_ run: JobRun) throws -> TableSummary {
        let bytes = Array("\(run.job) \(run.version)\n".utf8)
        try Disk.create(run.tablePath, bytes)
        return TableSummary(rowCount: 1, size: bytes.count, digest: "digest \(run.version)")
    }

    static func record(_ run: JobRun) -> RunRecord {
        RunRecord(
            job: run.job, version: run.version, startedAt: run.startedAt, finishedAt: 0,
            outcome: .failed, stages: [RunStage(name: "write", rows: 1, bytes: 2, microseconds: 3)])
    }

    func tables() throws -> [String] {
        try Disk.names(in: layout.tables).sorted()
    }

    /// The versions as `1 dropped, 2 current`.
    func states(_ catalog: Catalog, _ job: String = "j") throws -> String {
        try (catalog.storedJob(job)?.versions ?? []).map { "\($0.number) \($0.state)" }
            .joined(separator: ", ")
    }

    func bytes(_ path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter { try file.bytes(count: 1 << 22) }
    }

    /// Puts other bytes in the place of a file; processes that have the old one open keep it.
    func replace(_ path: FilePath, _ bytes: [UInt8]) throws {
        try Disk.unlink(path)
        try Disk.create(path, bytes)
    }
}
