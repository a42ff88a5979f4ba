import Glibc
import Nostos

/// Collects the encoded values of one record, in field order.
struct RecordBuilder {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func appendNull() { EncodedValue.appendNull(to: &bytes) }

    mutating func append(_ value: Bool) { EncodedValue.append(bool: value, to: &bytes) }

    mutating func append(_ value: Int64) { EncodedValue.append(int64: value, to: &bytes) }

    mutating func append(_ text: String) throws {
        try EncodedValue.append(string: Array(text.utf8).span, to: &bytes)
    }

    /// A number with at most that many decimals.
    mutating func append(_ value: Double, decimals: Int) throws {
        try EncodedValue.append(number: Self.text(value, decimals: decimals).span, to: &bytes)
    }

    mutating func append(_ value: Float) throws {
        try EncodedValue.append(float: value, to: &bytes)
    }

    mutating func append(secondsSince1970 seconds: Int) throws {
        try EncodedValue.append(timestamp: Int64(seconds) * 1_000_000, to: &bytes)
    }

    mutating func append(_ texts: [String]) throws {
        var elements: [UInt8] = []
        for text in texts {
            try EncodedValue.append(string: Array(text.utf8).span, to: &elements)
        }
        try EncodedValue.append(list: elements.span, to: &bytes)
    }

    mutating func append(_ values: [Float]) throws {
        var elements: [UInt8] = []
        for value in values { try EncodedValue.append(float: value, to: &elements) }
        try EncodedValue.append(list: elements.span, to: &bytes)
    }

    /// Fixed notation by whole numbers: the same on every machine.
    private static func text(_ value: Double, decimals: Int) -> [UInt8] {
        let unit = pow(10, Double(decimals))
        let scaled = Int((value.magnitude * unit).rounded())
        let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int(unit))
        let digits = String(fraction)
        let zeros = String(repeating: "0", count: decimals - digits.count)
        return Array("\(value < 0 ? "-" : "")\(whole).\(zeros)\(digits)".utf8)
    }
}
