/// The reason for which a text names no key.
public enum KeyTextError: Error, Sendable, Equatable {
    /// Another number of parts than the key has columns.
    case wrongCount(expected: Int, found: Int)
    /// A part that is no decimal number in the range of an int64.
    case notAnInteger(column: String, found: String)
    /// An encoded key above ``KeySchema/maxSize`` bytes.
    case tooLarge(size: Int)
}

extension KeyTextError: CustomStringConvertible {
    /// The message: the finding and the expectation.
    public var description: String {
        switch self {
        case .wrongCount(let expected, let found):
            "found \(found) parts, expected \(expected) with commas between (a comma within is %2C)"
        case .notAnInteger(let column, let found):
            "found \"\(found.prefix(80))\", expected an integer for \(column)"
        case .tooLarge(let size):
            "found a key of \(size) bytes, at most \(KeySchema.maxSize)"
        }
    }
}

extension KeySchema {
    /// The encoded key of what people type: the value itself, or for a composite key its parts with
    /// commas between, `%2C` for a comma and `%25` for a percent sign within.
    public func encode(text: String) throws(KeyTextError) -> [UInt8] {
        let texts = parts(of: text)
        guard texts.count == columns.count else {
            throw .wrongCount(expected: columns.count, found: texts.count)
        }
        return try encode(texts: texts)
    }

    /// The bytes with which those keys begin that begin with what people type: whole parts, and of
    /// text in the last part given as much as there is, so that `42` and `42,e` begin `42,en`.
    ///
    /// Also a bound of keys: it precedes all that begin with it, and nothing else stands between.
    public func encode(prefix text: String) throws(KeyTextError) -> [UInt8] {
        let texts = parts(of: text)
        guard texts.count <= columns.count else {
            throw .wrongCount(expected: columns.count, found: texts.count)
        }
        let last = columns[texts.count - 1].type == .string ? texts.last : nil
        var bytes = try encode(texts: last == nil ? texts : texts.dropLast())
        for byte in (last ?? "").utf8 {
            bytes.append(byte)
            if byte == 0, texts.count < columns.count { bytes.append(0xFF) }
        }
        guard bytes.count <= Self.maxSize else { throw .tooLarge(size: bytes.count) }
        return bytes
    }

    private func parts(of text: String) -> [String] {
        guard columns.count > 1 else { return [text] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part).replacing("%2C", with: ",").replacing("%2c", with: ",")
                .replacing("%25", with: "%")
        }
    }

    /// The encoded form of the first parts.
    private func encode(texts: some Collection<String>) throws(KeyTextError) -> [UInt8] {
        var key: [UInt8] = []
        for (ordinal, text) in texts.enumerated() {
            switch columns[ordinal].type {
            case .string: append(string: Array(text.utf8).span, column: ordinal, to: &key)
            case .int64:
                guard let value = Int64(text), !text.hasPrefix("+") else {
                    throw .notAnInteger(column: columns[ordinal].name, found: text)
                }
                append(int64: value, to: &key)
            }
        }
        guard key.count <= Self.maxSize else { throw .tooLarge(size: key.count) }
        return key
    }

    /// The JSON form of an encoded key: a number, a string, or an array for a composite key.
    ///
    /// - Returns: nil when the bytes are no key of this schema.
    public func json(of key: [UInt8]) -> String? {
        guard let parts = decode(key.span) else { return nil }
        let texts = parts.map { part in
            var text: [UInt8] = []
            switch part {
            case .int64(let value): JSONText.append(int64: value, to: &text)
            case .string(let value): JSONText.append(value, to: &text)
            }
            return String(decoding: text, as: UTF8.self)
        }
        return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ","))]"
    }
}
