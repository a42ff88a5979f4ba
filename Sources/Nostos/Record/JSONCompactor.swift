/// Checks a JSON text (RFC 8259) and copies it without insignificant white space.
///
/// The checks that matter for embedding a value into an answer: the grammar, UTF-8, and a depth
/// limit, so that no reader of ours or of our callers can be broken by a stored value. Tokens are
/// kept as they are written. O(bytes); no recursion.
struct JSONCompactor: ~Escapable {
    /// The deepest nesting of arrays and objects.
    static let maxDepth = 128

    private let input: Span<UInt8>
    private var position = 0
    private var output: [UInt8] = []
    /// The closing bracket of each open array or object.
    private var open: [UInt8] = []

    @_lifetime(copy input)
    private init(_ input: Span<UInt8>) { self.input = input }

    /// The compact form of `input`.
    static func compact(_ input: Span<UInt8>) throws(ValueError) -> [UInt8] {
        do {
            _ = try UTF8Span(validating: input)
        } catch {
            throw .invalidUTF8(offset: error.byteOffsets.lowerBound)
        }
        var compactor = JSONCompactor(input)
        compactor.output.reserveCapacity(input.count)
        try compactor.run()
        return compactor.output
    }

    private mutating func run() throws(ValueError) {
        var needsValue = true
        repeat {
            skipSpace()
            if needsValue {
                needsValue = try value()
            } else {
                needsValue = try afterValue()
            }
        } while needsValue || !open.isEmpty
        skipSpace()
        guard position == input.count else { throw error("the end of the text") }
    }

    /// Reads a scalar or opens an array or object; true when a value must still follow.
    private mutating func value() throws(ValueError) -> Bool {
        guard let byte = peek() else { throw error("a value") }
        switch byte {
        case UInt8(ascii: "{"):
            try enter(closing: UInt8(ascii: "}"))
            if close() { return false }
            try memberName()
            return true
        case UInt8(ascii: "["):
            try enter(closing: UInt8(ascii: "]"))
            return !close()
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
        return false
    }

    /// Reads what stands between or after values; true when a value must follow.
    private mutating func afterValue() throws(ValueError) -> Bool {
        if close() { return false }
        guard peek() == UInt8(ascii: ","), let bracket = open.last else {
            throw error("',' or the closing bracket")
        }
        copy()
        skipSpace()
        if bracket == UInt8(ascii: "}") { try memberName() }
        return true
    }

    private mutating func enter(closing bracket: UInt8) throws(ValueError) {
        guard open.count < Self.maxDepth else {
            throw error("at most \(Self.maxDepth) nested arrays and objects")
        }
        open.append(bracket)
        copy()
        skipSpace()
    }

    private mutating func close() -> Bool {
        guard let bracket = open.last, peek() == bracket else { return false }
        open.removeLast()
        copy()
        return true
    }

    private mutating func memberName() throws(ValueError) {
        guard peek() == UInt8(ascii: "\"") else { throw error("a member name in quotes") }
        try string()
        skipSpace()
        guard peek() == UInt8(ascii: ":") else { throw error("':'") }
        copy()
    }

    private mutating func string() throws(ValueError) {
        copy()
        while let byte = peek() {
            guard byte >= 0x20 else { throw error("an escape for a control character") }
            copy()
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\") { try escape() }
        }
        throw error("a closing quote")
    }

    private mutating func escape() throws(ValueError) {
        let simple = Array("\"\\/bfnrt".utf8)
        guard let byte = peek() else { throw error("an escape") }
        if simple.contains(byte) { return copy() }
        guard byte == UInt8(ascii: "u") else { throw error("an escape") }
        let unit = try hexUnit()
        guard (0xD800...0xDFFF).contains(unit) else { return }
        // A surrogate must come as a pair, or strict readers refuse the whole answer.
        guard unit < 0xDC00, peek() == UInt8(ascii: "\\") else {
            throw error("a pair of surrogates")
        }
        copy()
        guard peek() == UInt8(ascii: "u"), (0xDC00...0xDFFF).contains(try hexUnit()) else {
            throw error("a pair of surrogates")
        }
    }

    /// Copies `u` and four hexadecimal digits.
    private mutating func hexUnit() throws(ValueError) -> UInt32 {
        copy()
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
                throw error("four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            copy()
        }
        return unit
    }

    private mutating func number() throws(ValueError) {
        if peek() == UInt8(ascii: "-") { copy() }
        if peek() == UInt8(ascii: "0") { copy() } else { try digits("a value") }
        if peek() == UInt8(ascii: ".") {
            copy()
            try digits("a digit")
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            copy()
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { copy() }
            try digits("a digit")
        }
    }

    private mutating func digits(_ expected: String) throws(ValueError) {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { copy() }
        guard position > start else { throw error(expected) }
    }

    private mutating func literal(_ text: StaticString) throws(ValueError) {
        for byte in text.description.utf8 {
            guard peek() == byte else { throw error(text.description) }
            copy()
        }
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    private func peek() -> UInt8? { position < input.count ? input[position] : nil }

    private mutating func copy() {
        output.append(input[position])
        position += 1
    }

    private func error(_ expected: String) -> ValueError {
        .invalidJSON(offset: position, expected: expected)
    }
}
