import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Entries that are made where the rows lie are those that the way over rows gives.
@Suite struct CopyEntriesTests {
    /// A stream that was read: all entries, how many rows were taken at once, and how it ended.
    private struct Outcome: Equatable {
        var entries: [UInt8] = []
        var rowCount = 0
        var end = ""
    }

    /// Reads a stream that comes in pieces of that size; `taken` gets the rows that were taken at
    /// once, unless that is not to be tried.
    private func read(
        _ copy: CopyBytes, pieceSize: Int = .max, tags: [TagSet]? = nil, taken: inout Int?
    ) -> Outcome {
        let columns = copy.types.indices.map { PostgresColumn(name: "\($0)", type: copy.types[$0]) }
        var decoder = PostgresRowDecoder(columns: columns)
        let plain = PlainRows(
            generator: 3, keyColumn: copy.keyColumn, tags: tags ?? copy.tags(values: .passing))
        var stream = CopyStream()
        var rest = copy.bytes[...]
        var row = Row()
        var outcome = Outcome()
        do throws(PostgresRowError) {
            while true {
                if let before = taken {
                    let count = stream.appendEntries(
                        of: plain, copy.types, limit: 1024, to: &outcome.entries)
                    taken = before + count
                    outcome.rowCount += count
                }
                var step = try stream.next(into: &row, &decoder)
                while step == .needsMore, !rest.isEmpty {
                    stream.append(Array(rest.prefix(pieceSize)).span)
                    rest = rest.dropFirst(pieceSize)
                    step = try stream.next(into: &row, &decoder)
                }
                guard step == .row else { break }
                outcome.rowCount += 1
                guard plain.append(row.bytes.span, ends: row.ends.span, to: &outcome.entries) else {
                    outcome.end = "refused: \(row.bytes)"
                    return outcome
                }
            }
            outcome.end = rest.isEmpty ? "end" : "more"
        } catch {
            outcome.end = "\(error)"
            // Only with a value that cannot be stored there is a row.
            if case .value(_, .value) = error { outcome.end += ": \(row.bytes)" }
        }
        return outcome
    }

    private func slow(_ copy: CopyBytes, tags: [TagSet]? = nil) -> Outcome {
        var taken: Int?
        return read(copy, tags: tags, taken: &taken)
    }

    /// The outcome is the slow one's; gives how many rows were taken at once.
    @discardableResult
    private func check(
        _ copy: CopyBytes, _ comment: Comment? = nil, pieceSize: Int = .max,
        tags: [TagSet]? = nil, expected: Outcome? = nil
    ) -> Int {
        var taken: Int? = 0
        let found = read(copy, pieceSize: pieceSize, tags: tags, taken: &taken)
        let isSame = found == expected ?? slow(copy, tags: tags)
        #expect(isSame, comment)
        return taken ?? 0
    }

    /// All types, and rows of both kinds in turn: the last one has a double of 17 digits.
    private static let mixed = CopyBytes(
        [20, 25, 701, 16, 1114, 21],
        (0..<5).map { row -> [[UInt8]?] in
            let text: [UInt8]? = row == 1 ? nil : Array("käse-\(row)".utf8)
            let score: Double = row == 4 ? 0.1 + 0.2 : Double(row) / 8
            let last: [UInt8]? = row == 3 ? nil : bigEndian(Int16(-row))
            return [
                bigEndian(Int64(row) - 2), text, bigEndian(score.bitPattern), [UInt8(row & 1)],
                bigEndian(Int64(row) << 40), last,
            ]
        })

    @Test func everySplitGivesTheSameEntries() {
        let expected = slow(Self.mixed)
        #expect(expected.rowCount == 5 && expected.end == "end")
        for size in 1...Self.mixed.bytes.count {
            check(Self.mixed, "pieces of \(size)", pieceSize: size, expected: expected)
        }
        // The first row comes with the header, the last one is not plain.
        #expect(check(Self.mixed) == 3)
    }

    /// Every byte set to some other values: the same entries, and the same error of the same row.
    @Test func everyFlippedByteEndsAsWithoutHaste() {
        for index in Self.mixed.bytes.indices {
            for value: UInt8 in [0, 1, 2, 7, 8, 0x41, 0x7F, 0x80, 0xC3, 0xE0, 0xFF] {
                var copy = Self.mixed
                copy.bytes[index] = value
                check(copy, "\(value) at \(index)")
            }
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func doublesAreTheirSlowSelves(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let edges: [Double] = [
            0, -0.0, 1e15, 1e15 - 0.125, 1e15 / 7, 1e-7, 0.000001, .nan, -.infinity,
            .leastNonzeroMagnitude,
        ]
        for index in 0..<300 {
            let short = Double(Int64.random(in: -(1 << 54)...(1 << 54), using: &random) >> 9)
            let any = Double(bitPattern: random.next())
            let value = index < edges.count ? edges[index] : index % 3 == 0 ? any : short / 1000
            check(CopyBytes([20, 701], value: bigEndian(value.bitPattern)), "\(value)")
        }
    }

    @Test func integersAndTimestampsAreExactToTheirEdges() {
        for value in [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max, 252_455_616_000_000_000] {
            check(CopyBytes([20, 1114], value: bigEndian(value)), "\(value)")
            check(CopyBytes([20, 20], value: bigEndian(value)), "\(value)")
            check(CopyBytes([20, 23], value: bigEndian(Int32(truncatingIfNeeded: value))))
            check(CopyBytes([20, 21], value: bigEndian(Int16(truncatingIfNeeded: value))))
        }
        for value: Int64 in [-63_082_281_600_000_000, 252_455_615_999_999_999] {
            for near in value - 1...value + 1 {
                check(CopyBytes([20, 1114], value: bigEndian(near)), "\(near)")
            }
        }
    }

    /// Every length around words and varints, with a byte above 127 at each place.
    @Test func textsAreWhatTheyWere() {
        for size in Array(0...40) + [127, 128, 129, 1000, 16383, 16384, 40000, 70000] {
            let text = (0..<size).map { UInt8(32 + $0 % 90) }
            let taken = check(CopyBytes([20, 25], value: text), "\(size)")
            #expect(taken == (size < 40000 ? 2 : size < 70000 ? 1 : 0))
            for place in text.indices where size <= 40 {
                var other = text
                other[place] = 0xC3
                check(CopyBytes([20, 25], value: other), "\(size), \(place)")
                if place + 1 < size { other[place + 1] = 0xA4 }
                check(CopyBytes([20, 25], value: other), "\(size), \(place)")
            }
        }
    }

    @Test(arguments: [(20, 8), (23, 4), (21, 2)])
    func keysMayStandAnywhereInAnySize(type: UInt32, size: Int) {
        for keyColumn in 0..<3 {
            var types: [UInt32] = [25, 16, 25]
            types[keyColumn] = type
            let rows = [Int64.min, -300, -1, 0, 1, 300, .max].map { key -> [[UInt8]?] in
                var row: [[UInt8]?] = [Array("left".utf8), [1], nil]
                if keyColumn == 1 { row[2] = Array("right".utf8) }
                row[keyColumn] = bigEndian(key).suffix(size)
                return row
            }
            let copy = CopyBytes(types, rows, keyColumn: keyColumn)
            #expect(check(copy) == rows.count - 1)
        }
    }

    @Test func rowsThatAnythingRefusesAreLeftToTheOtherWay() {
        let rows: [[[UInt8]?]] = [
            [bigEndian(Int64(1)), Array("a".utf8)], [bigEndian(Int64(2)), nil], [nil, []],
        ]
        let copy = CopyBytes([20, 25], rows)
        #expect(check(copy) == 1)
        let notNull = copy.tags(values: TagSet(of: .string))
        check(copy, tags: notNull)
        #expect(slow(copy, tags: notNull).end.contains("refused"))
        check(copy, tags: copy.tags(values: TagSet(of: .int64)))
        for type: UInt32 in [16, 20, 21, 23, 701, 1114] {
            for size in [0, 1, 2, 3, 4, 7, 8, 9] {
                check(CopyBytes([20, type], value: [UInt8](repeating: 1, count: size)))
            }
        }
    }
}

extension TagSet {
    /// The tags that pass where nobody asks for anything.
    fileprivate static let passing = scalars.union(.null)
}

private func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value.byteSwapped)
    return bytes
}

/// The bytes of a binary `COPY`.
private struct CopyBytes {
    let types: [PostgresType]
    let keyColumn: Int
    var bytes: [UInt8]

    init(_ types: [UInt32], _ rows: [[[UInt8]?]], keyColumn: Int = 0) {
        self.types = types.map { PostgresType(oid: $0, dialect: .postgresql) }
        self.keyColumn = keyColumn
        bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        for row in rows {
            bytes += bigEndian(Int16(row.count))
            for value in row {
                bytes += bigEndian(Int32(value?.count ?? -1)) + (value ?? [])
            }
        }
        bytes += [0xFF, 0xFF]
    }

    /// Three rows with a key and the same value, but NULL in the first one, which comes with the
    /// header and is never taken at once.
    init(_ types: [UInt32], value: [UInt8]) {
        self.init(types, (0..<3).map { [bigEndian(Int64($0)), $0 == 0 ? nil : value] })
    }

    /// The tags that pass: an int64 as the key, and those for values.
    func tags(values: TagSet) -> [TagSet] {
        types.indices.map { $0 == keyColumn ? TagSet(of: .int64) : values }
    }
}
