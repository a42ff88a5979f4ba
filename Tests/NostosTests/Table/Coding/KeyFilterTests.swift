import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Filters let through every key that is there, and few others.
@Suite struct KeyFilterTests {
    private func table(
        of keys: [KeyPart], type: KeyType, in directory: FilePath
    ) throws -> TableReader {
        let schema = KeySchema(columns: [KeyColumn(name: "id", type: type)])
        let encoded = try keys.map { (key: $0, bytes: try schema.encode([$0])) }
        let sorted = encoded.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        var fixture = TableFixture(
            keyType: type, fields: [Field(name: "n", type: .int64)],
            records: sorted.enumerated().map { ($0.element.key, [.int(Int64($0.offset))]) })
        fixture.options.filterShare = 0
        let path = directory.appending("filters.table")
        try fixture.write(to: path)
        return try TableReader(opening: path)
    }

    @Test(arguments: UInt64(0)..<4)
    func noKeyThatIsThereIsDeniedAndFewOthersPass(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let isText = seed % 2 == 1
        let drawn = Set((0..<20_000).map { _ in Int64.random(in: 0..<1 << 40, using: &random) })
        func key(_ number: Int64) -> KeyPart {
            isText ? .string("\(number)-\(number % 7)") : .int64(number)
        }
        try withTemporaryDirectory { directory in
            let present = drawn.prefix(10_000)
            let table = try table(
                of: present.map(key), type: isText ? .string : .int64, in: directory)
            #expect(table.filters != nil)
            #expect(try table.verify() == present.count)
            let schema = table.info.schema.key
            func passes(_ number: Int64) throws -> Bool {
                let bytes = try schema.encode([key(number)])
                guard let probe = try table.probe(for: bytes.span, guessesRow: false) else {
                    return false
                }
                return try table.mayHold(bytes.span, probe)
            }
            for number in present { #expect(try passes(number)) }
            let missing = drawn.dropFirst(10_000)
            let passed = try missing.filter { try passes($0) }.count
            // One in 46 is expected where groups are full.
            #expect(passed * 30 < missing.count, "\(passed) of \(missing.count)")
        }
    }

    /// One key to a filter that lacks one of its bits.
    @Test func aFilterThatDeniesAKeyIsFoundByVerify() throws {
        try withTemporaryDirectory { directory in
            let table = try table(
                of: (0..<10).map { .int64($0) }, type: .int64, in: directory)
            let filters = try #require(table.filters)
            var bytes = [UInt8](
                try Data(contentsOf: URL(fileURLWithPath: table.file.string)))
            for offset in filters.range(ofGroup: 0) { bytes[offset] = 0 }
            let path = directory.appending("denying.table")
            let resealed = try #require(TableSeal.resealed(bytes))
            try Data(resealed).write(to: URL(fileURLWithPath: path.string))
            let denying = try TableReader(opening: path)
            #expect(throws: TableError.self) { try denying.verify() }
        }
    }

    @Test func smallRowsHaveNoFilters() throws {
        try withTemporaryDirectory { directory in
            let fixture = TableFixture(
                keyType: .int64, fields: [Field(name: "n", type: .int64)],
                records: (0..<1000).map { (.int64($0), [.int($0 % 3)]) })
            let path = directory.appending("small.table")
            try fixture.write(to: path)
            #expect(try TableReader(opening: path).filters == nil)
        }
    }
}
