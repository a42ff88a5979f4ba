/// The members of a JSON object as the texts in which they were sent, so that numbers keep every
/// digit.
struct JSONMembers {
    private let members: [String: String]

    /// The members of one object; nil where the bytes are no object.
    init?(_ bytes: [UInt8]) {
        var scanner = Scanner(bytes: bytes)
        guard let members = scanner.object() else { return nil }
        self.members = members
    }

    /// The JSON text of a member's value, or nil.
    subscript(name: String) -> String? { members[name] }

    /// The JSON texts of the elements of a member that is an array, or nil.
    func elements(_ name: String) -> [String]? {
        guard let text = members[name] else { return nil }
        var scanner = Scanner(bytes: Array(text.utf8))
        return scanner.array()
    }

    /// A scanner that finds the ends of values and does not check the text within them.
    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func object() -> [String: String]? {
            guard take("{") else { return nil }
            var members: [String: String] = [:]
            if take("}") { return members }
            repeat {
                guard let name = value(), name.count >= 2, take(":"), let value = value() else {
                    return nil
                }
                // The names of answers are never escaped.
                members[String(name.dropFirst().dropLast())] = value
            } while take(",")
            return take("}") ? members : nil
        }

        mutating func array() -> [String]? {
            guard take("[") else { return nil }
            var elements: [String] = []
            if take("]") { return elements }
            repeat {
                guard let value = value() else { return nil }
                elements.append(value)
            } while take(",")
            return take("]") ? elements : nil
        }

        /// The text of the value at the position.
        private mutating func value() -> String? {
            skipSpace()
            let start = position
            var depth = 0
            while position < bytes.count {
                let byte = bytes[position]
                if byte == UInt8(ascii: "\"") {
                    guard skipString() else { return nil }
                } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    depth += 1
                    position += 1
                } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    if depth == 0 { break }
                    depth -= 1
                    position += 1
                } else if depth == 0, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
                    break
                } else {
                    position += 1
                }
            }
            var end = position
            while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
            guard depth == 0, end > start else { return nil }
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }

        private mutating func skipString() -> Bool {
            position += 1
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\\"): position += 2
                case UInt8(ascii: "\""):
                    position += 1
                    return true
                default: position += 1
                }
            }
            return false
        }

        private mutating func skipSpace() {
            while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
                return false
            }
            position += 1
            return true
        }
    }
}
