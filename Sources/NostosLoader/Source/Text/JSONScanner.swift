import Nostos

/// Finds the tokens of JSON text (RFC 8259) of which perhaps not all is there yet.
///
/// Checks the grammar of what it passes, but for the inside of arrays and objects and the escapes
/// of strings, which are checked where they are read. Allocates nothing.
struct JSONScanner: ~Escapable {
    /// The reason for which scanning stopped.
    enum Stop: Error {
        /// The bytes at hand end within a value.
        case needsMore
        /// Something else was expected at that offset.
        case wrong(offset: Int, expected: StaticString)
        /// JSON that is no row, and why.
        case refused(String)
    }

    let bytes: Span<UInt8>
    /// The next byte.
    var position: Int
    /// Whether nothing follows the bytes at hand.
    let isLast: Bool

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at position: Int, isLast: Bool) {
        self.bytes = bytes
        self.position = position
        self.isLast = isLast
    }

    /// The next byte; a line end where the text ends.
    func peek() throws(Stop) -> UInt8 {
        guard position < bytes.count else {
            guard isLast else { throw .needsMore }
            return 0x0A
        }
        return bytes[position]
    }

    /// Passes white space, but no line end.
    mutating func skipSpace() throws(Stop) {
        while true {
            let byte = try peek()
            guard byte == 0x20 || byte == 0x09 || byte == 0x0D else { return }
            position += 1
        }
    }

    /// Passes one byte, which must be that one.
    mutating func pass(_ byte: UInt8, _ expected: StaticString) throws(Stop) {
        guard try peek() == byte, position < bytes.count else { throw wrong(expected) }
        position += 1
    }

    /// Passes a value.
    mutating func value() throws(Stop) -> RawValue {
        let start = position
        switch try peek() {
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "["):
            try passBrackets()
            return RawValue(kind: .array, start: start, end: position)
        case UInt8(ascii: "{"):
            try passBrackets()
            return RawValue(kind: .object, start: start, end: position)
        case UInt8(ascii: "t"):
            try passWord("true")
            return RawValue(kind: .true, start: start, end: position)
        case UInt8(ascii: "f"):
            try passWord("false")
            return RawValue(kind: .false, start: start, end: position)
        case UInt8(ascii: "n"):
            try passWord("null")
            return .null
        default:
            try passNumber()
            return RawValue(kind: .number, start: start, end: position)
        }
    }

    /// Passes a string, from quote to quote.
    mutating func string() throws(Stop) -> RawValue {
        position += 1
        let start = position
        var hasEscapes = false
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw wrong("a closing quote, and controls as escapes") }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
                guard try peek() >= 0x20 else { throw wrong("an escape") }
            }
            position += 1
        }
        position += 1
        return RawValue(
            kind: .string, hasEscapes: hasEscapes, start: start, end: position - 1)
    }

    /// Passes an array or object up to the bracket that closes it; what is in between is only
    /// looked through for brackets and strings.
    private mutating func passBrackets() throws(Stop) {
        var depth = 0
        repeat {
            switch try peek() {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                position += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                position += 1
            case UInt8(ascii: "\""): _ = try string()
            case 0x0A: throw wrong("the rest of the array or object on the same line")
            default: position += 1
            }
        } while depth > 0
    }

    private mutating func passWord(_ word: StaticString) throws(Stop) {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.byte(at: index) else { throw wrong("a JSON value") }
            position += 1
        }
    }

    private mutating func passNumber() throws(Stop) {
        if try peek() == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") {
            position += 1
        } else {
            try passDigits("a JSON value")
        }
        if try peek() == UInt8(ascii: ".") {
            position += 1
            try passDigits("a digit")
        }
        let byte = try peek()
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try passDigits("a digit")
        }
    }

    private mutating func passDigits(_ expected: StaticString) throws(Stop) {
        let start = position
        while try peek() &- UInt8(ascii: "0") < 10 { position += 1 }
        guard position > start else { throw wrong(expected) }
    }

    func wrong(_ expected: StaticString) -> Stop {
        .wrong(offset: position, expected: expected)
    }
}
