// An encoded value, as it travels from a source through sorting and merging to the table writer:
//
//     tag          payload
//      0 null      -
//      1 false     -
//      2 true      -
//      3 int64     8 bytes
//      4 decimal   1 byte scale, 8 bytes mantissa: mantissa × 10^-scale
//      5 number    varint size, the canonical JSON number where 4 cannot hold it
//      6 string    varint size, UTF-8
//      7 timestamp 8 bytes, microseconds since 1970-01-01T00:00:00Z
//      8 json      varint size, a JSON text without white space
//      9 bytes     varint size, the bytes
//     10 list      varint size of what follows, the encoded elements
//
// Integers are little-endian. The form is canonical: equal values have equal bytes. So a number
// with an integral value that fits is tag 3, wherever it came from; a decimal has no trailing zero
// in its mantissa and a scale of 1 to 18.

/// The reason for which a value from a source cannot be stored.
public enum ValueError: Error, Sendable, Equatable {
    /// NaN or an infinity: JSON has no such number.
    case notFinite(String)
    /// Text that is no number.
    case notANumber(String)
    /// Text that is not UTF-8; the offset of the first bad byte.
    case invalidUTF8(offset: Int)
    /// Embedded JSON that is not JSON; the offset and what was wrong there.
    case invalidJSON(offset: Int, expected: String)
    /// A value above ``EncodedValue/maxSize`` bytes.
    case tooLarge(size: Int)
    /// A timestamp outside the years 0001 to 9999, or an infinite one: RFC 3339 has no such time.
    case timestampOutOfRange(String)
    /// A value that cannot be read as its column states; what was found, and what was expected.
    case unreadable(found: String, expected: String)
}

/// The in-flight form of values: functions that append to and read from byte arrays.
public enum EncodedValue {
    /// The largest value, in bytes.
    public static let maxSize = 16 << 20

    /// The first byte of an encoded value.
    public enum Tag: UInt8, Sendable {
        case null, `false`, `true`, int64, decimal, number, string, timestamp, json, bytes, list

        /// The schema type of values with this tag; a list's is its elements'.
        public var type: ValueType {
            switch self {
            case .null, .list: .none
            case .false, .true: .bool
            case .int64: .int64
            case .decimal, .number: .number
            case .string: .string
            case .timestamp: .timestamp
            case .json: .json
            case .bytes: .bytes
            }
        }
    }

    /// Appends NULL.
    public static func appendNull(to output: inout [UInt8]) {
        output.append(Tag.null.rawValue)
    }

    /// Appends a Boolean.
    public static func append(bool value: Bool, to output: inout [UInt8]) {
        output.append(value ? Tag.true.rawValue : Tag.false.rawValue)
    }

    /// Appends an integer.
    public static func append(int64 value: Int64, to output: inout [UInt8]) {
        output.append(Tag.int64.rawValue)
        output.append(littleEndian: UInt64(bitPattern: value))
    }

    /// Appends a point in time, in microseconds since 1970 in UTC.
    ///
    /// - Throws: ``ValueError/timestampOutOfRange(_:)`` outside the years 0001 to 9999.
    public static func append(
        timestamp microseconds: Int64, to output: inout [UInt8]
    ) throws(ValueError) {
        guard Timestamp.range.contains(microseconds) else {
            throw .timestampOutOfRange(Timestamp.distantText(microseconds))
        }
        output.append(Tag.timestamp.rawValue)
        output.append(littleEndian: UInt64(bitPattern: microseconds))
    }

    /// Appends a double: exactly where it is an integer in the range of Int64, else as the shortest
    /// decimal that reads back as the same double.
    ///
    /// - Throws: ``ValueError/notFinite(_:)`` for NaN and the infinities; nothing was appended.
    public static func append(double value: Double, to output: inout [UInt8]) throws(ValueError) {
        guard value.isFinite else { throw .notFinite("\(value)") }
        if let integer = Int64(exactly: value) {
            return append(int64: integer, to: &output)
        }
        if let (mantissa, scale) = shortDecimal(of: value) {
            return try append(unscaled: mantissa, scale: scale, to: &output)
        }
        try append(number: Array(value.description.utf8).span, to: &output)
    }

    /// Appends a float as the shortest decimal that reads back as the same float.
    ///
    /// - Throws: ``ValueError/notFinite(_:)`` for NaN and the infinities; nothing was appended.
    public static func append(float value: Float, to output: inout [UInt8]) throws(ValueError) {
        guard value.isFinite else { throw .notFinite("\(value)") }
        try append(number: Array(value.description.utf8).span, to: &output)
    }

    /// Appends a number from decimal text such as `-12.340`, `1e-7` or `NaN`, exactly.
    ///
    /// - Throws: ``ValueError/notFinite(_:)`` or ``ValueError/notANumber(_:)``; nothing was
    ///   appended.
    public static func append(
        number text: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        let decimal = try Decimal(parsing: text)
        if let (mantissa, scale) = decimal.scaled {
            return append(mantissa: mantissa, scale: scale, to: &output)
        }
        let canonical = decimal.text
        output.append(Tag.number.rawValue)
        output.append(varint: UInt64(canonical.count))
        output.append(contentsOf: canonical)
    }

    /// Appends `mantissa × 10^-scale`, for a scale of 0 to 18.
    static func append(mantissa: Int64, scale: Int, to output: inout [UInt8]) {
        if scale == 0 { return append(int64: mantissa, to: &output) }
        output.append(Tag.decimal.rawValue)
        output.append(UInt8(scale))
        output.append(littleEndian: UInt64(bitPattern: mantissa))
    }

    /// Appends text.
    ///
    /// 0x00 is a character like any other.
    ///
    /// - Throws: ``ValueError/invalidUTF8(offset:)``, ``ValueError/tooLarge(size:)``; nothing was
    ///   appended.
    public static func append(
        string bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        try checkSize(bytes)
        do {
            _ = try UTF8Span(validating: bytes)
        } catch {
            throw .invalidUTF8(offset: error.byteOffsets.lowerBound)
        }
        append(tag: .string, bytes: bytes, to: &output)
    }

    /// Appends a JSON text, checked, and without its insignificant white space.
    ///
    /// - Throws: ``ValueError/invalidJSON(offset:expected:)``, ``ValueError/tooLarge(size:)``;
    ///   nothing was appended.
    public static func append(
        json bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        try checkSize(bytes)
        let compact = try JSONCompactor.compact(bytes)
        append(tag: .json, bytes: compact.span, to: &output)
    }

    /// Appends raw bytes, which JSON shows in base64.
    ///
    /// - Throws: ``ValueError/tooLarge(size:)``; nothing was appended.
    public static func append(
        bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        try checkSize(bytes)
        append(tag: .bytes, bytes: bytes, to: &output)
    }

    /// Appends a list of elements that are already encoded, one after another.
    ///
    /// - Throws: ``ValueError/tooLarge(size:)``; nothing was appended.
    public static func append(
        list elements: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        try checkSize(elements)
        append(tag: .list, bytes: elements, to: &output)
    }

    /// Appends a value of one of the tags that have a size; the bytes are what the tag promises.
    static func append(tag: Tag, bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append(tag.rawValue)
        output.append(varint: UInt64(bytes.count))
        output.append(bytes)
    }

    private static func checkSize(_ bytes: Span<UInt8>) throws(ValueError) {
        guard bytes.count <= maxSize else { throw .tooLarge(size: bytes.count) }
    }
}
