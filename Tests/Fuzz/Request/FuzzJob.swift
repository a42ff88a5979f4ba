import Glibc
import SystemPackage
import TestSupport

@testable import Nostos

/// A job with one version and a few records, for the fuzzer's requests.
enum FuzzJob {
    /// A job whose records have these keys and two fields, `a` and `b`.
    static func make(
        _ name: String, _ columns: [KeyColumn], _ keys: [[KeyPart]]
    ) throws -> JobSnapshot {
        let root = FilePath("/dev/shm/nostos-fuzz.\(getpid()).store")
        let layout = StoreLayout(root: root)
        mkdir(root.string, 0o700)
        mkdir(layout.tables.string, 0o700)
        let schema = Schema(
            key: KeySchema(columns: columns),
            fields: [Field(name: "a", type: .int64), Field(name: "b", type: .string)])
        let path = layout.table(name, 1)
        unlink(path.string)
        let writer = try TableWriter(
            creating: path, schema: schema, profile: TableProfile(schema: schema), job: name,
            version: 1)
        for (row, key) in keys.enumerated() {
            let encoded = try schema.key.encode(key)
            let record = try TestValue.int(Int64(row)).encoded() + TestValue.string("x").encoded()
            try writer.append(key: encoded.span, record: record.span)
        }
        let summary = try writer.finish()
        var record = VersionRecord(number: 1, startedAt: 0)
        record.state = .current
        record.publishedAt = 0
        record.size = summary.size
        record.digest = summary.digest
        record.hasTable = true
        var state = JobState(name: name)
        state.versions = [record]
        state.nextNumber = 2
        state.currentNumber = 1
        return JobSnapshot(state, layout: layout, old: nil)
    }
}
