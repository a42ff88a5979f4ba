import Foundation
import Nostos
import SystemPackage
import TestSupport
import Testing

/// The format, pinned: `NOSTOS_RECORD=1 swift test --filter TableDump` writes the golden file anew.
@Suite struct TableDumpTests {
    private static let golden = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("five-records.dump")

    @Test func theDumpOfFiveRecordsIsTheGoldenOne() throws {
        var fixture = TableFixture(
            keyType: .int64,
            fields: [
                Field(name: "language", type: .string), Field(name: "score", type: .number),
                Field(name: "seen", type: .timestamp), Field(name: "pro", type: .bool),
                Field(name: "subtitles", type: .string, isList: true),
                Field(name: "note", type: .string),
            ],
            records: (0..<5).map { row in
                let id = Int64(1001 + row * row)
                return (
                    .int64(id),
                    [
                        .string(["en", "es"][row % 2]), .number("\(row).25"),
                        row == 3
                            ? .null : .timestamp(1_700_000_000_000_000 + Int64(row) * 1_000_000),
                        .bool(row > 2),
                        .list((0..<row).map { .string(["en", "es", "pt", "de"][$0]) }),
                        row == 1 ? .string("a note with \"quotes\"") : .null,
                    ]
                )
            })
        fixture.options.groupRowCount = 3
        try withTemporaryDirectory { directory in
            let path = directory.appending("golden_1.table")
            try fixture.write(to: path, job: "golden", version: 1)
            let dump =
                try TableDump.lines(of: TableReader(opening: path)).joined(separator: "\n") + "\n"
            if ProcessInfo.processInfo.environment["NOSTOS_RECORD"] == "1" {
                try dump.write(to: Self.golden, atomically: true, encoding: .utf8)
            }
            #expect(dump == (try String(contentsOf: Self.golden, encoding: .utf8)))
        }
    }

    @Test func everyByteIsInExactlyOneLine() throws {
        var random = SplitMix64(seed: 3)
        let fixture = RandomTable.fixture(using: &random)
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            let summary = try fixture.write(to: path)
            var next = 0
            for line in try TableDump.lines(of: TableReader(opening: path)) {
                let ends = line.prefix { $0 != " " }.split(separator: "..<").map {
                    Int($0, radix: 16)
                }
                #expect(ends.first == next)
                next = try #require(ends.last ?? nil)
            }
            #expect(next == summary.size)
        }
    }
}
