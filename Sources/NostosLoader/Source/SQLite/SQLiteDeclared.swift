import Nostos

// Values of columns that are declared BOOLEAN, DATE, DATETIME, TIMESTAMP or JSON.
extension SQLiteHint {
    /// Appends a text as what its column declares.
    ///
    /// A text of nothing is NULL, but in JSON.
    func append(_ text: Span<UInt8>, to output: inout [UInt8]) throws(ValueError) {
        if self != .json, text.count == 0 { return EncodedValue.appendNull(to: &output) }
        switch self {
        case .bool:
            guard let value = BoolText.stated(text) else { throw refusal(of: text) }
            EncodedValue.append(bool: value, to: &output)
        case .timestamp:
            guard let time = TimestampText.read(text) else { throw refusal(of: text) }
            try EncodedValue.append(timestamp: time, to: &output)
        case .date:
            guard let time = TimestampText.read(text), append(date: time, to: &output) else {
                throw refusal(of: text)
            }
        case .json:
            do throws(ValueError) {
                try EncodedValue.append(json: text, to: &output)
            } catch {
                guard case .invalidJSON = error else { throw error }
                throw refusal(of: text)
            }
        default: try EncodedValue.append(string: text, to: &output)
        }
    }

    /// Appends an encoded number as what its column declares: 0 and 1 are Booleans, counts since
    /// 1970 are times, any number is JSON.
    func append(number: Span<UInt8>, to output: inout [UInt8]) throws(ValueError) {
        var (text, position): ([UInt8], Int) = ([], 0)
        EncodedValue.appendJSON(in: number, at: &position, to: &text)
        try append(text.span, to: &output)
    }

    /// Appends the date of a midnight as text, as PostgreSQL's dates are; false for another time.
    private func append(date time: Int64, to output: inout [UInt8]) -> Bool {
        let microsecondsPerDay: Int64 = 86_400_000_000
        guard time % microsecondsPerDay == 0 else { return false }
        output.append(EncodedValue.Tag.string.rawValue)
        output.append(varint: 10)
        Timestamp.appendDate(day: time / microsecondsPerDay, to: &output)
        return true
    }

    private func refusal(of text: Span<UInt8>) -> ValueError {
        var copy: [UInt8] = []
        copy.append(text.extracting(..<min(text.count, 60)))
        let expected =
            switch self {
            case .bool: "true or false, as the column is declared BOOLEAN"
            case .date: "a date, as the column is declared DATE"
            case .json: "JSON, as the column is declared"
            default: "a time, as the column is declared"
            }
        return .unreadable(
            found: quoted(String(decoding: copy, as: UTF8.self)),
            expected: "\(expected); state another type in columns, such as {type: string}")
    }
}
