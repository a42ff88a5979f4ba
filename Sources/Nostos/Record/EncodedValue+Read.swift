/// One encoded value taken apart: its tag and where its payload lies.
public struct EncodedValueView: Sendable {
    /// The tag.
    public let tag: EncodedValue.Tag
    /// The offsets of the payload: after the tag, and after the size where there is one.
    public let payload: Range<Int>
    /// The offset at which the value begins, with its tag.
    private let start: Int

    /// The offsets of the whole value.
    public var whole: Range<Int> { start..<payload.upperBound }

    /// Reads the value that starts at `position` and moves `position` behind it.
    ///
    /// - Returns: nil when the bytes are no encoded value; `position` is then where they start.
    public init?(in bytes: Span<UInt8>, at position: inout Int) {
        guard position < bytes.count, let tag = EncodedValue.Tag(rawValue: bytes[position]) else {
            return nil
        }
        var start = position + 1
        let size: Int
        switch tag {
        case .null, .false, .true: size = 0
        case .int64, .timestamp: size = 8
        case .decimal: size = 9
        case .number, .string, .json, .bytes, .list:
            guard let stored = bytes.varint(at: &start), let count = Int(exactly: stored) else {
                return nil
            }
            size = count
        }
        guard size <= bytes.count - start else { return nil }
        self.start = position
        self.tag = tag
        payload = start..<start + size
        position = payload.upperBound
    }

    /// The integer of an `int64` or `timestamp`.
    public func int64(in bytes: Span<UInt8>) -> Int64 {
        bytes.load(Int64.self, at: payload.lowerBound)
    }

    /// The mantissa and scale of an `int64` (scale 0) or `decimal`.
    public func scaled(in bytes: Span<UInt8>) -> (mantissa: Int64, scale: Int) {
        guard tag == .decimal else { return (int64(in: bytes), 0) }
        let mantissa = bytes.load(Int64.self, at: payload.lowerBound + 1)
        return (mantissa, Int(bytes[payload.lowerBound]))
    }
}

extension EncodedValue {
    /// Moves `position` behind the value that starts there; false when there is no whole value.
    public static func skip(in bytes: Span<UInt8>, at position: inout Int) -> Bool {
        EncodedValueView(in: bytes, at: &position) != nil
    }

    /// Appends the JSON text of the value that starts at `position` and moves behind it.
    ///
    /// - Returns: false when there is no whole value at `position`; nothing was appended.
    @discardableResult
    public static func appendJSON(
        in bytes: Span<UInt8>, at position: inout Int, to output: inout [UInt8]
    ) -> Bool {
        guard let value = EncodedValueView(in: bytes, at: &position) else { return false }
        let payload = bytes.extracting(value.payload)
        switch value.tag {
        case .null: output.append(ascii: "null")
        case .false: output.append(ascii: "false")
        case .true: output.append(ascii: "true")
        case .int64: JSONText.append(int64: value.int64(in: bytes), to: &output)
        case .decimal:
            let (mantissa, scale) = value.scaled(in: bytes)
            JSONText.append(mantissa: mantissa, scale: scale, to: &output)
        case .number, .json: output.append(payload)
        case .string: JSONText.append(string: payload, to: &output)
        case .timestamp: JSONText.append(timestamp: value.int64(in: bytes), to: &output)
        case .bytes: JSONText.append(base64: payload, to: &output)
        case .list:
            output.append(UInt8(ascii: "["))
            var inner = 0
            while inner < payload.count {
                if inner > 0 { output.append(UInt8(ascii: ",")) }
                guard appendJSON(in: payload, at: &inner, to: &output) else { return false }
            }
            output.append(UInt8(ascii: "]"))
        }
        return true
    }
}
