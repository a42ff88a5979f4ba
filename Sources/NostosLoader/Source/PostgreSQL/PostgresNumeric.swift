import Nostos

/// A checked `numeric` of PostgreSQL in binary form.
///
/// The layout (`numeric_send` in `src/backend/utils/adt/numeric.c`), integers big-endian:
///
///     OFFSET  SIZE  DESCRIPTION
///          0     2  number of digits, each 0 to 9999
///          2     2  weight: the first digit counts 10000^weight; signed
///          4     2  0 positive, 0x4000 negative, 0xC000 NaN, 0xD000 and 0xF000 ±infinity
///          6     2  digits to show behind the point: of no meaning for the value
///          8     2  the first digit, and so on
struct PostgresNumeric: ~Escapable {
    private let bytes: Span<UInt8>
    private let count: Int
    private let weight: Int
    private let sign: UInt16

    /// Reads the header; nil when the bytes are no numeric.
    @_lifetime(copy bytes)
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= 8 else { return nil }
        self.bytes = bytes
        count = Int(bytes.bigEndian(UInt16.self, at: 0))
        weight = Int(bytes.bigEndian(Int16.self, at: 2))
        sign = bytes.bigEndian(UInt16.self, at: 4)
        guard
            bytes.count == 8 + 2 * count,
            [0, 0x4000, 0xC000, 0xD000, 0xF000].contains(sign)
        else { return nil }
        for index in 0..<count where digit(index) > 9999 { return nil }
    }

    private func digit(_ index: Int) -> Int64 {
        Int64(bytes.bigEndian(UInt16.self, at: 8 + 2 * index))
    }

    /// Appends the value, exactly.
    func append(to output: inout [UInt8]) throws(ValueError) {
        switch sign {
        case 0xC000: throw .notFinite("NaN")
        case 0xD000: throw .notFinite("Infinity")
        case 0xF000: throw .notFinite("-Infinity")
        default: break
        }
        // Up to four digits make a mantissa below 10^16, and cover nearly all numbers there are.
        let digitsBehindPoint = count - 1 - weight
        guard count <= 4, (0...4).contains(digitsBehindPoint) else {
            return try EncodedValue.append(number: text.span, to: &output)
        }
        var mantissa: Int64 = 0
        for index in 0..<count { mantissa = mantissa * 10_000 + digit(index) }
        if sign == 0x4000 { mantissa = -mantissa }
        try EncodedValue.append(
            unscaled: mantissa, scale: 4 * digitsBehindPoint, to: &output)
    }

    /// All digits as one integer, with an exponent.
    private var text: [UInt8] {
        var text: [UInt8] = []
        if sign == 0x4000 { text.append(UInt8(ascii: "-")) }
        text.append(UInt8(ascii: "0"))
        for index in 0..<count {
            let value = digit(index)
            for divisor: Int64 in [1000, 100, 10, 1] {
                text.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            }
        }
        text += Array("e\(4 * (weight - count + 1))".utf8)
        return text
    }
}
