import Nostos

/// Text that stands for a value of a known type.
enum TextValue {
    /// Appends the value, encoded.
    ///
    /// Where the job states the type it is read with more patience: numbers as `+1` and `.5`, truth
    /// values as pandas and PostgreSQL write them, and quotes with nothing in them are NULL, but
    /// for strings. Integers are strict everywhere: 007 is not 7.
    static func append(
        _ text: Span<UInt8>, _ type: ValueType, isStated: Bool, to output: inout [UInt8]
    ) throws(Misfit) {
        if isStated, text.isEmpty, type != .string {
            return EncodedValue.appendNull(to: &output)
        }
        switch type {
        case .int64:
            guard let value = NumberToken(text)?.int64 else { throw .type }
            EncodedValue.append(int64: value, to: &output)
        case .bool:
            guard let value = isStated ? BoolText.lenient(text) : BoolText.strict(text) else {
                throw .type
            }
            EncodedValue.append(bool: value, to: &output)
        case .timestamp:
            guard let value = TimestampText.parse(text) else { throw .type }
            try storing { () throws(ValueError) in
                try EncodedValue.append(timestamp: value, to: &output)
            }
        case .bytes:
            var bytes: [UInt8] = []
            guard Base64.decode(text, to: &bytes) else { throw .type }
            try storing { () throws(ValueError) in
                try EncodedValue.append(bytes: bytes.span, to: &output)
            }
        case .number: try appendNumber(text, isStated: isStated, to: &output)
        case .json:
            try storing { () throws(ValueError) in
                try EncodedValue.append(json: text, to: &output)
            }
        case .string, .none, .any:
            try storing { () throws(ValueError) in
                try EncodedValue.append(string: text, to: &output)
            }
        }
    }

    private static func appendNumber(
        _ text: Span<UInt8>, isStated: Bool, to output: inout [UInt8]
    ) throws(Misfit) {
        if let number = NumberToken(text) {
            return try storing { () throws(ValueError) in
                try number.append(text, to: &output)
            }
        }
        guard isStated else { throw .type }
        do throws(ValueError) {
            try EncodedValue.append(number: text, to: &output)
        } catch {
            if case .notANumber = error { throw .type }
            throw .value(error)
        }
    }

    @inline(__always)
    private static func storing(_ body: () throws(ValueError) -> Void) throws(Misfit) {
        do throws(ValueError) { try body() } catch { throw .value(error) }
    }
}
