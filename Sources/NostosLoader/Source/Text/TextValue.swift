import Nostos

/// Text that stands for a value of a known type.
enum TextValue {
    /// The authority for the type, which decides how strictly the text is read.
    enum Reading {
        /// The first rows: JSON's spellings, and `true` and `false` in any case. A column of
        /// integers takes any number, since a number is exact and widens the column's type.
        case guessed
        /// The job: also `+1`, `.5`, an integer as `5.0`, `t`, `f`, `1`, `0`, counts since 1970;
        /// quotes around nothing are NULL, but for strings.
        case stated
        /// The key: an integer only as JSON writes integers, and any other text as it is.
        case key
    }

    /// Appends the value, encoded.
    ///
    /// `007` is no integer, however it is read.
    static func append(
        _ text: Span<UInt8>, _ type: ValueType, _ reading: Reading, to output: inout [UInt8]
    ) throws(Misfit) {
        if reading == .stated, text.isEmpty, type != .string {
            return EncodedValue.appendNull(to: &output)
        }
        switch type {
        case .int64: try appendInteger(text, reading, to: &output)
        case .bool:
            guard let value = reading == .stated ? BoolText.stated(text) : BoolText.word(text)
            else { throw .type }
            EncodedValue.append(bool: value, to: &output)
        case .timestamp:
            guard let value = TimestampText.read(text) else { throw .type }
            try storing { () throws(ValueError) in
                try EncodedValue.append(timestamp: value, to: &output)
            }
        case .bytes:
            var bytes: [UInt8] = []
            guard Base64.decode(text, to: &bytes) else { throw .type }
            try storing { () throws(ValueError) in
                try EncodedValue.append(bytes: bytes.span, to: &output)
            }
        case .number: try appendNumber(text, reading, to: &output)
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

    private static func appendInteger(
        _ text: Span<UInt8>, _ reading: Reading, to output: inout [UInt8]
    ) throws(Misfit) {
        let token = NumberToken(text)
        if let value = token?.int64 { return EncodedValue.append(int64: value, to: &output) }
        switch reading {
        case .key: throw .type
        case .guessed:
            guard let token else { throw .type }
            try storing { () throws(ValueError) in try token.append(text, to: &output) }
        case .stated:
            let hasPlus = text.count > 1 && text[0] == UInt8(ascii: "+")
            let digits = hasPlus ? text.extracting(1...) : text
            guard let token = NumberToken(digits), !hasPlus || digits[0] != UInt8(ascii: "-")
            else { throw .type }
            // The encoded form is canonical: an integer that fits is one, however it is written.
            let start = output.count
            try storing { () throws(ValueError) in try token.append(digits, to: &output) }
            guard output[start] == EncodedValue.Tag.int64.rawValue else {
                output.removeSubrange(start...)
                throw .type
            }
        }
    }

    private static func appendNumber(
        _ text: Span<UInt8>, _ reading: Reading, to output: inout [UInt8]
    ) throws(Misfit) {
        if let number = NumberToken(text) {
            return try storing { () throws(ValueError) in
                try number.append(text, to: &output)
            }
        }
        guard reading == .stated else { throw .type }
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
