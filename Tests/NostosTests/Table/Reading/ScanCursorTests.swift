import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Scans of a table's groups: all of them, parts, samples, from a key on.
@Suite struct ScanCursorTests {
    private func withTable(
        rowCount: Int, groupRowCount: Int = 8, _ body: (TableReader) throws -> Void
    ) throws {
        var fixture = TableFixture(
            keyType: .int64, fields: [Field(name: "n", type: .int64)],
            records: (0..<rowCount).map { (.int64(Int64($0) * 2), [.int(Int64($0))]) })
        fixture.options.groupRowCount = groupRowCount
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            try fixture.write(to: path)
            try body(TableReader(opening: path))
        }
    }

    /// The values of `n` that the cursor gives.
    private func rows(_ cursor: ScanCursor, of table: TableReader) throws -> [Int64] {
        var (cursor, record) = (cursor, EncodedRecord())
        let selection = table.selectValues()
        var rows: [Int64] = []
        while try cursor.next() {
            record.removeAll()
            try cursor.visit(selection, with: &record)
            rows.append(record.bytes.span.littleEndian(at: 1))
        }
        #expect(cursor.count == rows.count)
        return rows
    }

    @Test func partsHaveEveryRecordOnce() throws {
        try withTable(rowCount: 500) { table in
            for count in [1, 2, 3, 7, 100] {
                let all = try (0..<count).flatMap { part in
                    try rows(table.scan(part: part, of: count), of: table)
                }
                #expect(all == Array(0..<500))
            }
        }
    }

    @Test func aSampleIsSpreadEvenlyAndNeverLargerThanAskedFor() throws {
        try withTable(rowCount: 4000) { table in
            for count in [0, 1, 5, 8, 100, 999, 3999] {
                let sample = try rows(table.scan(sampleOf: count), of: table)
                #expect(sample.count <= count)
                #expect(sample.count >= min(count, count / 8 * 8))
                guard count >= 80 else { continue }
                // The mean of an even sample is near that of all.
                let mean = Double(sample.reduce(0, +)) / Double(sample.count)
                #expect(abs(mean - 2000) < 50, "\(count): \(mean)")
                let steps = zip(sample, sample.dropFirst()).map { $1 - $0 }
                #expect(steps.allSatisfy { $0 > 0 })
            }
            for count in [4000, 10_000] {
                #expect(try rows(table.scan(sampleOf: count), of: table) == Array(0..<4000))
            }
        }
    }

    @Test func aScanBeginsAtTheFirstKeyThatDoesNotSortBefore() throws {
        try withTable(rowCount: 300) { table in
            for number in stride(from: Int64(-3), to: 606, by: 1) {
                let key = try table.info.schema.key.encode([.int64(number)])
                var cursor = table.scan()
                try cursor.seek(to: key.span)
                let first = max(0, (number + 1) / 2)
                #expect(try rows(cursor, of: table) == Array(first..<max(first, 300)))
                var sample = table.scan(sampleOf: 100)
                let whole = try rows(sample, of: table)
                try sample.seek(to: key.span)
                let rest = try rows(sample, of: table)
                #expect(rest == whole.filter { $0 >= first })
            }
        }
    }

    @Test func anEmptyTableHasNothingToScan() throws {
        try withTable(rowCount: 0) { table throws in
            for cursor in [table.scan(), table.scan(sampleOf: 5), table.scan(part: 1, of: 3)] {
                #expect(try rows(cursor, of: table) == [])
            }
        }
    }
}
