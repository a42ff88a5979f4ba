import Nostos
import SystemPackage
import TestSupport
import Testing

/// Lookups, seeks and batches, by index and groups of every kind, against the sorted keys.
@Suite struct TableLookupTests {
    private let directory = try? TemporaryDirectory()

    private func table(_ fixture: TableFixture, _ name: String) throws -> TableReader {
        let path = try #require(directory).file(name)
        try fixture.write(to: path)
        let table = try TableReader(opening: path)
        #expect(try table.verify() == fixture.records.count)
        return table
    }

    private func fixture(_ keys: [KeyPart], _ type: KeyType) -> TableFixture {
        TableFixture(
            keyType: type, fields: [Field(name: "v", type: .string)],
            records: keys.map { ($0, [.string("of \($0)")]) })
    }

    /// Looks up and seeks each probe alone, and all in one batch.
    private func check(
        _ table: TableReader, _ keys: [[UInt8]], _ probes: [[UInt8]], _ what: String
    ) throws {
        let all = table.select()
        var batch = LookupBatch()
        for _ in 0..<2 {
            batch.removeAll()
            for probe in probes { batch.append(probe.span) }
            var together: [UInt8] = [1, 2, 3]
            let found = try table.get(&batch, all, into: &together)
            #expect(found == probes.count { keys.contains($0) }, "\(what)")
            #expect(together.starts(with: [1, 2, 3]))
            for (ordinal, probe) in probes.enumerated() {
                var alone: [UInt8] = []
                let isFound = try table.get(probe.span, all, into: &alone)
                #expect(isFound == keys.contains(probe), "\(what): \(probe)")
                let answer = batch.answer(ordinal).map { Array(together[$0]) }
                #expect(answer == (isFound ? alone : nil), "\(what): \(probe)")
            }
        }
        for probe in probes {
            var cursor = table.makeCursor()
            try cursor.seek(to: probe.span)
            let next = keys.first { !$0.lexicographicallyPrecedes(probe) }
            #expect(try cursor.next() == (next != nil), "\(what): \(probe)")
            if let next { #expect(cursor.key == next, "\(what): \(probe)") }
        }
    }

    /// Every set of eight numbers, with gaps of all sizes between, in groups of one to three rows.
    @Test func agreesWithModelOnEverySmallSetOfNumbers() throws {
        let numbers: [Int64] = [.min, -(1 << 40), -1, 0, 1, 300, 1 << 62, .max]
        let schema = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])
        var probes = try numbers.map { try schema.encode([.int64($0)]) }
        for number in numbers {
            probes.append(try schema.encode([.int64(number &+ 1)]))
            probes.append(try schema.encode([.int64(number &- 1)]))
        }
        probes += [[], [0x80], [0x80, 0, 0, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 0xFF, count: 9)]
        for code in 0..<256 {
            let chosen = numbers.indices.filter { code >> $0 & 1 == 1 }.map { numbers[$0] }
            var fixture = fixture(chosen.map { .int64($0) }, .int64)
            fixture.options.groupRowCount = 1 + code % 3
            let keys = try chosen.map { try schema.encode([.int64($0)]) }
            try check(try table(fixture, "n\(code).table"), keys, probes, "set \(code)")
        }
    }

    /// Texts whose first 8 bytes are alike, as they are and as numbers where they can be.
    @Test(arguments: [true, false])
    func agreesWithModelOnEverySmallSetOfTexts(isProfiled: Bool) throws {
        let texts = [
            "user:12", "user:12\0", "user:12\0\0", "user:12~a", "user:12~aaaaaaaa", "user:12~b",
            "user:13~a", "user:20~a",
        ]
        let others = ["", "u", "user:", "user:1", "user:12~", "user:12~aaaaaaab", "v", "t"]
        let probes = (texts + others).map { Array($0.utf8) }
        for code in 0..<256 {
            let chosen = texts.indices.filter { code >> $0 & 1 == 1 }.map { texts[$0] }
            var fixture = fixture(chosen.map { .string($0) }, .string)
            fixture.options.groupRowCount = 1 + code % 3
            fixture.isProfiled = isProfiled
            let table = try table(fixture, "t\(code).table")
            try check(table, chosen.map { Array($0.utf8) }, probes, "set \(code)")
        }
    }

    /// Many groups, so that the index has buckets of none, one and many groups.
    @Test(arguments: UInt64(0)..<16)
    func agreesWithModelOnRandomKeys(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var numbers: Set<Int64> = []
        let widths = [4, 20, 62]
        for _ in 0..<Int.random(in: 1...600, using: &random) {
            let base = Int64.random(in: 0...3, using: &random) << 61
            let width = widths.randomElement(using: &random) ?? 4
            numbers.insert(base &+ Int64.random(in: 0..<1 << width, using: &random))
        }
        let isNumber = seed % 2 == 0
        let schema = KeySchema(
            columns: [KeyColumn(name: "id", type: isNumber ? .int64 : .string)])
        let parts: [(KeyPart, [UInt8])] = try numbers.map { number in
            let part: KeyPart = isNumber ? .int64(number) : .string("k\(String(number, radix: 4))")
            return (part, try schema.encode([part]))
        }.sorted { $0.1.lexicographicallyPrecedes($1.1) }
        var fixture = fixture(parts.map(\.0), isNumber ? .int64 : .string)
        fixture.options.groupRowCount = [1, 2, 5, 64].randomElement(using: &random) ?? 1
        let keys = parts.map(\.1)
        var probes: [[UInt8]] = []
        for key in keys.shuffled(using: &random).prefix(100) {
            var near = key
            near[near.count - 1] ^= UInt8.random(in: 0...3, using: &random)
            probes += [key, near]
        }
        try check(try table(fixture, "r.table"), keys, probes, "seed \(seed)")
    }

    @Test func aBatchOfNoKeysFindsNothing() throws {
        var batch = LookupBatch()
        let table = try table(fixture([.int64(1)], .int64), "one.table")
        var output: [UInt8] = []
        #expect(try table.get(&batch, table.select(), into: &output) == 0)
        #expect(output.isEmpty)
    }
}
