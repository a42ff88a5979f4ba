import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// The binary COPY stream and its values, byte by byte, without a server.
@Suite struct PostgresBytesTests {
    private static let header =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    private static let columns = [
        PostgresColumn(name: "a", type: PostgresType(oid: 23, dialect: .postgresql)),
        PostgresColumn(name: "b", type: PostgresType(oid: 25, dialect: .postgresql)),
    ]

    private static let rows: [UInt8] =
        [0, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 1, 0x78]
        + [0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

    private func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value.byteSwapped)
        return bytes
    }

    /// The rows of a stream that comes in pieces of that size.
    private func read(_ bytes: [UInt8], pieceSize: Int) throws -> (rows: [[UInt8]], ended: Bool) {
        var stream = CopyStream()
        var decoder = PostgresRowDecoder(columns: Self.columns)
        var rest = bytes[...]
        var row = Row()
        var rows: [[UInt8]] = []
        while true {
            var step = try stream.next(into: &row, &decoder)
            while step == .needsMore {
                if rest.isEmpty { return (rows, false) }
                let piece = Array(rest.prefix(pieceSize))
                rest = rest.dropFirst(pieceSize)
                stream.append(piece.span)
                step = try stream.next(into: &row, &decoder)
            }
            if step == .end { return (rows, true) }
            rows.append(row.bytes)
        }
    }

    @Test func piecesMayEndAnywhere() throws {
        let stream = Self.header + Self.rows + [0xFF, 0xFF]
        let expected: [[UInt8]] = [[3, 7, 0, 0, 0, 0, 0, 0, 0, 6, 1, 0x78], [0, 6, 0]]
        for size in 1...stream.count {
            let (rows, ended) = try read(stream, pieceSize: size)
            #expect(rows == expected && ended, "pieces of \(size)")
        }
    }

    @Test func aStreamThatIsCutOffHasNoEnd() throws {
        let stream = Self.header + Self.rows + [0xFF, 0xFF]
        for size in 0..<stream.count {
            #expect(try read(Array(stream.prefix(size)), pieceSize: 1000).ended == false)
        }
    }

    @Test func headersWithAnExtensionAreSkippedAndUnknownFlagsRefused() throws {
        var header = Self.header
        header[18] = 3
        #expect(try read(header + [1, 2, 3] + Self.rows, pieceSize: 4).rows.count == 2)
        header = Self.header
        header[12] = 1
        #expect(throws: PostgresRowError.self) { try read(header + Self.rows, pieceSize: 1000) }
    }

    /// Every byte of a small stream set to every value: rows or an error, never a trap.
    @Test func noFlippedByteTraps() {
        let stream = Self.header + Self.rows + [0xFF, 0xFF]
        for index in stream.indices {
            for value in UInt8.min...UInt8.max {
                var bytes = stream
                bytes[index] = value
                _ = try? read(bytes, pieceSize: 1000)
            }
        }
    }

    @Test func arraysThatAreCutOffOrLieAreMalformed() throws {
        let array =
            bigEndian(Int32(1)) + bigEndian(Int32(0)) + bigEndian(Int32(23)) + bigEndian(Int32(2))
            + bigEndian(Int32(1)) + bigEndian(Int32(4)) + bigEndian(Int32(5)) + bigEndian(Int32(4))
            + bigEndian(Int32(6))
        let type = PostgresType(oid: 1007, dialect: .postgresql)
        var output: [UInt8] = []
        var scratch: [UInt8] = []
        try type.append(array.span, to: &output, scratch: &scratch)
        #expect(output == [10, 18, 3, 5, 0, 0, 0, 0, 0, 0, 0, 3, 6, 0, 0, 0, 0, 0, 0, 0])
        for size in 0..<array.count {
            #expect(throws: PostgresValueError.self) {
                try type.append(Array(array.prefix(size)).span, to: &output, scratch: &scratch)
            }
        }
        for index in array.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var bytes = array
                bytes[index] = value
                try? type.append(bytes.span, to: &output, scratch: &scratch)
            }
        }
    }

    @Test func valuesOfAnotherSizeAreMalformed() {
        for oid: UInt32 in [16, 20, 21, 23, 26, 700, 701, 1082, 1114, 1700, 2950, 3802] {
            let type = PostgresType(oid: oid, dialect: .postgresql)
            var output: [UInt8] = []
            var scratch: [UInt8] = []
            for size in [0, 3, 5, 7, 9, 17] {
                let bytes = [UInt8](repeating: 2, count: size)
                #expect(throws: PostgresValueError.self) {
                    try type.append(bytes.span, to: &output, scratch: &scratch)
                }
            }
            #expect(output == [])
        }
    }

    /// Random digits and weights against the value's text, built by the dullest means.
    @Test(arguments: UInt64(0)..<32)
    func numericsAreTheirDigits(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let digits = (0..<Int.random(in: 0...7, using: &random)).map { _ in
                Bool.random(using: &random) ? 0 : UInt16.random(in: 0...9999, using: &random)
            }
            let weight = Int16.random(in: -6...6, using: &random)
            let isNegative = Bool.random(using: &random)
            let bytes =
                bigEndian(UInt16(digits.count)) + bigEndian(weight)
                + bigEndian(UInt16(isNegative ? 0x4000 : 0)) + bigEndian(UInt16(0))
                + digits.flatMap { bigEndian($0) }
            let padded = digits.map { String(String(Int($0) + 10_000).dropFirst()) }.joined()
            let text = "\(isNegative ? "-" : "")0\(padded)e\(4 * (Int(weight) + 1 - digits.count))"
            var expected: [UInt8] = []
            try EncodedValue.append(number: Array(text.utf8).span, to: &expected)
            var found: [UInt8] = []
            var scratch: [UInt8] = []
            try PostgresType(oid: 1700, dialect: .postgresql)
                .append(bytes.span, to: &found, scratch: &scratch)
            #expect(found == expected, "\(text)")
        }
    }
}
