import Nostos

/// Reads JSON (RFC 8259) token by token, strictly, without recursion and without building values.
///
/// The input is UTF-8, which the caller has checked.
struct JSONReader: ~Escapable {
    let input: Span<UInt8>
    /// The offset of the next byte to read.
    private(set) var position: Int

    @_lifetime(copy input)
    init(_ input: Span<UInt8>, at position: Int = 0) {
        self.input = input
        self.position = position
    }

    /// The next byte that is not white space, or nil at the end.
    mutating func peek() -> UInt8? {
        while position < input.count {
            switch input[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Moves past the next byte if it is this one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Moves past the next byte, which must be this one.
    mutating func expect(_ byte: UInt8, _ detail: StaticString) throws(Problem) {
        guard take(byte) else { throw fault(detail) }
    }

    /// Moves over the next value when it is `null`.
    mutating func takeNull() -> Bool {
        guard peek() == UInt8(ascii: "n"), input.starts(with: "null", at: position) else {
            return false
        }
        position += 4
        return true
    }

    /// The problem at the current position.
    func fault(_ detail: StaticString, kind: ProblemKind = .badRequest) -> Problem {
        var problem = Problem(kind, detail)
        problem.offset = position
        return problem
    }

    /// Reads a number and returns its range.
    mutating func number() throws(Problem) -> Range<Int> {
        _ = peek()
        let start = position
        _ = takeRaw(UInt8(ascii: "-"))
        let hasLeadingZero = takeRaw(UInt8(ascii: "0"))
        if !hasLeadingZero { try digits() }
        if takeRaw(UInt8(ascii: ".")) { try digits() }
        if takeRaw(UInt8(ascii: "e")) || takeRaw(UInt8(ascii: "E")) {
            if !takeRaw(UInt8(ascii: "+")) { _ = takeRaw(UInt8(ascii: "-")) }
            try digits()
        }
        return start..<position
    }

    /// Reads a string and replaces `text` by what it says.
    mutating func string(into text: inout [UInt8]) throws(Problem) {
        text.removeAll(keepingCapacity: true)
        try expect(UInt8(ascii: "\""), "Expected a string.")
        var start = position
        while position < input.count {
            let byte = input[position]
            switch byte {
            case UInt8(ascii: "\""):
                text.append(input.extracting(start..<position))
                position += 1
                return
            case UInt8(ascii: "\\"):
                text.append(input.extracting(start..<position))
                position += 1
                try escape(into: &text)
                start = position
            case 0..<0x20: throw fault("A control character in a string must be escaped.")
            default: position += 1
            }
        }
        throw fault("The string does not end.")
    }

    /// Moves over a number, a text, or an array of these.
    mutating func skipKey() throws(Problem) {
        guard take(UInt8(ascii: "[")) else { return try skipNumberOrText() }
        guard !take(UInt8(ascii: "]")) else { return }
        repeat { try skipNumberOrText() } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "Expected a comma or the end of the array.")
    }

    private mutating func skipNumberOrText() throws(Problem) {
        var text: [UInt8] = []
        if peek() == UInt8(ascii: "\"") {
            try string(into: &text)
        } else {
            _ = try number()
        }
    }

    private mutating func takeRaw(_ byte: UInt8) -> Bool {
        guard position < input.count, input[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func digits() throws(Problem) {
        let start = position
        while position < input.count, (0x30...0x39).contains(input[position]) { position += 1 }
        guard position > start else { throw fault("Expected a digit.") }
    }

    private mutating func escape(into text: inout [UInt8]) throws(Problem) {
        guard position < input.count else { throw fault("The string does not end.") }
        let byte = input[position]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "u"):
            position += 1
            return try unicodeEscape(into: &text)
        default: throw fault("There is no such escape.")
        }
        position += 1
    }

    /// Reads the digits of a `\u`, and a second one where the first is half of a pair.
    private mutating func unicodeEscape(into text: inout [UInt8]) throws(Problem) {
        var code = try hexDigits()
        if (0xD800..<0xDC00).contains(code), takeRaw(UInt8(ascii: "\\")),
            takeRaw(UInt8(ascii: "u"))
        {
            let low = try hexDigits()
            guard (0xDC00..<0xE000).contains(low) else {
                throw fault("Half of a surrogate pair.")
            }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw fault("Half of a surrogate pair.")
        }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func hexDigits() throws(Problem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard position < input.count, let digit = hexValue(input[position]) else {
                throw fault("Expected four hexadecimal digits.")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}

/// The value of a hexadecimal digit of either case, or nil.
func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
