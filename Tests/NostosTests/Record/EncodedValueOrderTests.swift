import Nostos
import TestSupport
import Testing

@Suite struct EncodedValueOrderTests {
    private func number(_ text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try EncodedValue.append(number: Array(text.utf8).span, to: &bytes)
        return bytes
    }

    private func text(_ text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try EncodedValue.append(string: Array(text.utf8).span, to: &bytes)
        return bytes
    }

    /// Checks every pair of a list that ascends strictly.
    private func expectAscending(_ values: [[UInt8]]) {
        for (i, left) in values.enumerated() {
            for (j, right) in values.enumerated() {
                #expect(EncodedValue.precedes(left.span, right.span) == (i < j), "\(i), \(j)")
            }
        }
    }

    @Test func numbersGoByValueWhateverTheirForm() throws {
        expectAscending(
            try [
                "-1e400", "-100000000000000000000", "-9223372036854775808",
                "-9223372036854775807", "-9.3", "-9.223372036854775807", "-9", "-0.5",
                "-0.000000000000000001", "-1e-300", "0", "1e-300", "1e-19",
                "0.000000000000000001", "0.1", "0.3", "0.30000000000000004", "0.5", "2", "9",
                "9.0000000000000000001", "10", "9007199254740992", "9007199254740992.5",
                "9007199254740993",
                "9223372036854775806.5", "9223372036854775807", "9223372036854775807.1",
                "9223372036854775808", "1e400",
            ].map(number))
    }

    @Test func typesGoInTheirFixedOrder() throws {
        var values: [[UInt8]] = [[], [], []]
        EncodedValue.appendNull(to: &values[0])
        EncodedValue.append(bool: false, to: &values[1])
        EncodedValue.append(bool: true, to: &values[2])
        values += try [number("-5"), number("1e300"), text(""), text("9")]
        var rest: [[UInt8]] = [[], [], [], [], [], [], []]
        try EncodedValue.append(timestamp: -5, to: &rest[0])
        try EncodedValue.append(timestamp: 4, to: &rest[1])
        try EncodedValue.append(json: Array("[1]".utf8).span, to: &rest[2])
        try EncodedValue.append(json: Array("{}".utf8).span, to: &rest[3])
        try EncodedValue.append(bytes: [0].span, to: &rest[4])
        try EncodedValue.append(bytes: [0, 0].span, to: &rest[5])
        try EncodedValue.append(list: [0].span, to: &rest[6])
        expectAscending(values + rest)
    }

    @Test func textGoesByItsBytes() throws {
        expectAscending(
            try ["", "\0", "A", "AB", "B", "a", "é", "\u{FFFD}", "😀"].map(text))
    }

    /// Short decimals against integers scaled by hand, where `Double` plays no part.
    @Test func everyPairOfSmallDecimalsIsInOrder() throws {
        let values = try (-25...25).flatMap { tenths in
            try [(tenths * 10, "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)")]
                .map { ($0.0, try number($0.1)) }
        }
        for (left, leftBytes) in values {
            for (right, rightBytes) in values {
                #expect(
                    EncodedValue.precedes(leftBytes.span, rightBytes.span) == (left < right))
            }
        }
    }

    @Test(arguments: UInt64(0)..<8)
    func hostileBytesAreComparedWithoutATrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let (left, right) = (bytes(using: &random), bytes(using: &random))
            let precedesItself = EncodedValue.precedes(left.span, left.span)
            #expect(!precedesItself)
            _ = EncodedValue.precedes(left.span, right.span)
        }
    }

    private func bytes(using random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...20, using: &random)).map { index in
            UInt8.random(in: 0...(index == 0 ? 11 : 255), using: &random)
        }
    }
}
