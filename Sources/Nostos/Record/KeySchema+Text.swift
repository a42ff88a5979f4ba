/// Why a text names no key.
public enum KeyTextError: Error, Sendable, Equatable {
    /// Another number of parts than the key has columns.
    case wrongCount(expected: Int, found: Int)
    /// A part that is no decimal number in the range of an int64.
    case notAnInteger(column: String, found: String)
    /// An encoded key above ``KeySchema/maxSize`` bytes.
    case tooLarge(size: Int)
}

extension KeyTextError: CustomStringConvertible {
    /// What was found and what was expected.
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
        guard columns.count > 1 else { return try encode(texts: [text]) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part).replacing("%2C", with: ",").replacing("%2c", with: ",")
                .replacing("%25", with: "%")
        }
        return try encode(texts: parts)
    }

    private func encode(texts: [String]) throws(KeyTextError) -> [UInt8] {
        guard texts.count == columns.count else {
            throw .wrongCount(expected: columns.count, found: texts.count)
        }
        var parts: [KeyPart] = []
        for (text, column) in zip(texts, columns) {
            switch column.type {
            case .string: parts.append(.string(text))
            case .int64:
                guard let value = Int64(text), !text.hasPrefix("+") else {
                    throw .notAnInteger(column: column.name, found: text)
                }
                parts.append(.int64(value))
            }
        }
        do throws(KeyError) {
            return try encode(parts)
        } catch {
            guard case .tooLarge(let size) = error else {
                throw .wrongCount(expected: columns.count, found: texts.count)
            }
            throw .tooLarge(size: size)
        }
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
