import Nostos

/// The reason for which the bytes of a PostgreSQL value do not become an encoded one.
enum PostgresValueError: Error, Equatable {
    /// A value that cannot be stored.
    case value(ValueError)
    /// An array of several dimensions.
    case dimensions(Int)
    /// Bytes that are not the binary form of the type: the stream is broken.
    case malformed(String)
}

extension PostgresType {
    /// Appends a value in PostgreSQL's binary form (`*_send` in `src/backend/utils/adt`).
    ///
    /// Integers are big-endian. `scratch` is memory for the elements of arrays; its contents do
    /// not matter.
    func append(
        _ bytes: Span<UInt8>, to output: inout [UInt8], scratch: inout [UInt8]
    ) throws(PostgresValueError) {
        guard isArray else { return try element.append(bytes, to: &output) }
        scratch.removeAll(keepingCapacity: true)
        try appendElements(bytes, to: &scratch)
        do {
            try EncodedValue.append(list: scratch.span, to: &output)
        } catch {
            throw .value(error)
        }
    }

    /// `array_send`: dimensions, flags, element type; per dimension its size and lower bound; per
    /// element its size, -1 for NULL, and its bytes.
    private func appendElements(
        _ bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(PostgresValueError) {
        guard bytes.count >= 12 else { throw .malformed("an array of \(bytes.count) bytes") }
        let dimensions = bytes.bigEndian(Int32.self, at: 0)
        if dimensions == 0 { return }
        guard dimensions == 1 else { throw .dimensions(Int(dimensions)) }
        guard bytes.count >= 20 else { throw .malformed("an array of \(bytes.count) bytes") }
        var position = 20
        for _ in 0..<max(0, bytes.bigEndian(Int32.self, at: 12)) {
            guard bytes.count - position >= 4 else { throw .malformed("an array that is cut off") }
            let size = Int(bytes.bigEndian(Int32.self, at: position))
            position += 4
            guard size >= 0 else {
                EncodedValue.appendNull(to: &output)
                continue
            }
            guard bytes.count - position >= size else {
                throw .malformed("an array that is cut off")
            }
            try element.append(bytes.extracting(position..<position + size), to: &output)
            position += size
        }
    }
}

extension PostgresType.Element {
    /// Microseconds and days from 1970 to 2000, where PostgreSQL begins to count.
    static let epochMicroseconds: Int64 = 946_684_800_000_000
    private static let epochDays: Int64 = 10_957

    fileprivate func append(
        _ bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(PostgresValueError) {
        if let size, bytes.count != size {
            throw .malformed("\(bytes.count) bytes for a \(self); expected \(size)")
        }
        switch self {
        case .numeric:
            guard let numeric = PostgresNumeric(bytes) else { throw .malformed("a bad numeric") }
            try Self.mapping { () throws(ValueError) in try numeric.append(to: &output) }
        case .jsonb:
            guard bytes.count > 0, bytes[0] == 1 else {
                throw .malformed("a jsonb not of version 1")
            }
            let text = bytes.extracting(1...)
            try Self.mapping { () throws(ValueError) in
                try EncodedValue.append(json: text, to: &output)
            }
        default:
            do throws(ValueError) {
                try appendPlain(bytes, to: &output)
            } catch {
                throw .value(error)
            }
        }
    }

    /// The types for which every sequence of bytes of the right size is a value.
    private func appendPlain(
        _ bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        switch self {
        case .bool: EncodedValue.append(bool: bytes[0] != 0, to: &output)
        case .int2: append(Int64(bytes.bigEndian(Int16.self, at: 0)), to: &output)
        case .int4: append(Int64(bytes.bigEndian(Int32.self, at: 0)), to: &output)
        case .int8: append(bytes.bigEndian(Int64.self, at: 0), to: &output)
        case .oid: append(Int64(bytes.bigEndian(UInt32.self, at: 0)), to: &output)
        case .float4:
            let value = Float(bitPattern: bytes.bigEndian(at: 0))
            try EncodedValue.append(float: value, to: &output)
        case .float8:
            let value = Double(bitPattern: bytes.bigEndian(at: 0))
            try EncodedValue.append(double: value, to: &output)
        case .text: try EncodedValue.append(string: bytes, to: &output)
        case .bpchar: try Self.append(bpchar: bytes, to: &output)
        case .uuid: Self.append(uuid: bytes, to: &output)
        case .timestamp: try Self.append(timestamp: bytes.bigEndian(at: 0), to: &output)
        case .date: try Self.append(date: bytes.bigEndian(at: 0), to: &output)
        case .bytea: try EncodedValue.append(bytes: bytes, to: &output)
        case .json: try EncodedValue.append(json: bytes, to: &output)
        case .numericText: try EncodedValue.append(number: bytes, to: &output)
        case .numeric, .jsonb: preconditionFailure("\(self) has a reader of its own")
        }
    }

    private func append(_ value: Int64, to output: inout [UInt8]) {
        EncodedValue.append(int64: value, to: &output)
    }

    private static func mapping(
        _ body: () throws(ValueError) -> Void
    ) throws(PostgresValueError) {
        do throws(ValueError) {
            try body()
        } catch {
            throw .value(error)
        }
    }

    /// Without the blanks that pad it: they mean nothing, and the cast to text drops them.
    private static func append(
        bpchar bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(ValueError) {
        var end = bytes.count
        while end > 0, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        try EncodedValue.append(string: bytes.extracting(..<end), to: &output)
    }

    /// A string of 36 characters, written in place.
    private static func append(uuid bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append(EncodedValue.Tag.string.rawValue)
        output.append(varint: 36)
        for index in bytes.indices {
            if [4, 6, 8, 10].contains(index) { output.append(UInt8(ascii: "-")) }
            output.append(hexDigit(bytes[index] >> 4))
            output.append(hexDigit(bytes[index] & 15))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func append(
        timestamp value: Int64, to output: inout [UInt8]
    ) throws(ValueError) {
        guard value != .max else { throw .timestampOutOfRange("infinity") }
        guard value != .min else { throw .timestampOutOfRange("-infinity") }
        let (microseconds, overflow) = value.addingReportingOverflow(epochMicroseconds)
        guard !overflow else {
            throw .timestampOutOfRange(Timestamp.distantText(value, epochDay: epochDays))
        }
        try EncodedValue.append(timestamp: microseconds, to: &output)
    }

    /// A string such as `2026-01-31`, written in place.
    private static func append(date value: Int32, to output: inout [UInt8]) throws(ValueError) {
        guard value != .max else { throw .timestampOutOfRange("infinity") }
        guard value != .min else { throw .timestampOutOfRange("-infinity") }
        let day = Int64(value) + epochDays
        guard Timestamp.range.contains(day * 86_400_000_000) else {
            throw .timestampOutOfRange(Timestamp.distantDate(day: day))
        }
        output.append(EncodedValue.Tag.string.rawValue)
        output.append(varint: 10)
        Timestamp.appendDate(day: day, to: &output)
    }
}

extension Span<UInt8> {
    /// The big-endian integer at `offset`; the caller has checked that it lies inside.
    func bigEndian<T: FixedWidthInteger>(_: T.Type = T.self, at offset: Int) -> T {
        littleEndian(T.self, at: offset).byteSwapped
    }
}
