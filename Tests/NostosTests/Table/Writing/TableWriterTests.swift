import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The writer's two threads: the same bytes as one row after another, and errors with their rows.
@Suite struct TableWriterTests {
    private func bytes(_ fixture: TableFixture) throws -> [UInt8] {
        let sink = MemorySink()
        _ = try fixture.write(to: sink, "memory", job: "batches", version: 1)
        return sink.bytes
    }

    @Test(arguments: 0..<40)
    func batchesOfAnySizeGiveTheSameBytes(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var fixture = RandomTable.fixture(using: &random)
        fixture.options.batchSize = .max
        let expected = try bytes(fixture)
        for size in [1, 50, 700, 4000] {
            fixture.options.batchSize = size
            for _ in 0..<3 { #expect(try bytes(fixture) == expected) }
        }
    }

    private func key(_ number: Int) throws -> [UInt8] {
        try KeySchema(columns: [KeyColumn(name: "id", type: .int64)]).encode([
            .int64(Int64(number))
        ])
    }

    private func writer(_ sink: any TableSink, batchSize: Int) throws -> TableWriter {
        let schema = Schema(
            key: KeySchema(columns: [KeyColumn(name: "id", type: .int64)]),
            fields: [Field(name: "n", type: .int64)])
        var options = TableOptions()
        options.batchSize = batchSize
        return try TableWriter(
            to: sink, named: "memory", schema: schema,
            profile: TableProfile(schema: schema, isExact: false), job: "errors", version: 1,
            options: options)
    }

    /// Whichever thread finds it, and however many rows came behind it in the meantime.
    @Test(arguments: [1, 40, 1000, 1 << 20], [0, 1, 17, 299])
    func aBadRecordNamesItsRow(batchSize: Int, badRow: Int) throws {
        let writer = try writer(MemorySink(), batchSize: batchSize)
        let record = try TestValue.int(7).encoded()
        var found: [TableError] = []
        for row in 0..<300 {
            let key = try key(row)
            let bytes = row == badRow ? record + [99] : record
            do { try writer.append(key: key.span, record: bytes.span) } catch {
                found.append(error)
            }
        }
        do { _ = try writer.finish() } catch { found.append(error) }
        #expect(!found.isEmpty)
        for error in found {
            guard case .badRecord(_, let row, _) = error else {
                Issue.record("\(error)")
                continue
            }
            #expect(row == badRow)
        }
        writer.abandon()
    }

    @Test func anUnsortedKeyIsRefusedAndTheWriterGoesOn() throws {
        let sink = MemorySink()
        let writer = try writer(sink, batchSize: 30)
        let record = try TestValue.int(7).encoded()
        for number in 0..<50 {
            let key = try key(number)
            try writer.append(key: key.span, record: record.span)
            #expect(throws: TableError.self) {
                try writer.append(key: key.span, record: record.span)
            }
        }
        #expect(try writer.finish().rowCount == 50)
        writer.abandon()
    }

    /// The writer is kept until the file was looked for: its end deletes an unfinished file, too.
    @Test func aWriterThatIsAbandonedWithRowsInFlightLeavesNoFile() throws {
        try withTemporaryDirectory { directory in
            for attempt in 0..<20 {
                let path = directory.appending("\(attempt).table")
                let writer = try writer(FileSink(creating: path), batchSize: 100)
                let record = try TestValue.int(7).encoded()
                for number in 0..<100 {
                    let key = try key(number)
                    try writer.append(key: key.span, record: record.span)
                }
                #expect(try Disk.status(path) != nil)
                writer.abandon()
                #expect(try Disk.status(path) == nil)
                withExtendedLifetime(writer) {}
            }
        }
    }
}
