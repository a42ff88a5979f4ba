/// Reads the JSON text of a value as a typed value.
///
/// Vocabularies, plain entries and packed texts hold JSON texts. Only a canonical text becomes a
/// typed value, so that the JSON of that value is the same text again; any other text, and any that
/// is broken, comes as JSON. Memory is allocated only by `scratch`, which keeps it, and for numbers
/// of more than 19 digits.
enum TypedText {
    /// Visits the text of a scalar, or of an element, of a field of that type.
    @inline(__always)
    static func visit<Visitor: ValueVisitor>(
        _ text: Span<UInt8>, as type: ValueType, with visitor: inout Visitor,
        _ scratch: inout [UInt8]
    ) {
        guard type != .json, text.count > 0 else { return visitor.visit(json: text) }
        switch text[0] {
        case UInt8(ascii: "\""):
            guard text.count > 1, text[text.count - 1] == UInt8(ascii: "\""),
                visit(content: text.extracting(1..<text.count - 1), type, &visitor, &scratch)
            else { return visitor.visit(json: text) }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): visit(number: text, &visitor)
        case UInt8(ascii: "t") where matches(text, "true"): visitor.visit(bool: true)
        case UInt8(ascii: "f") where matches(text, "false"): visitor.visit(bool: false)
        case UInt8(ascii: "n") where matches(text, "null"): visitor.visitNull()
        default: visitor.visit(json: text)
        }
    }

    /// Visits a string of which the quotes were left out.
    static func visit<Visitor: ValueVisitor>(
        unquoted content: Span<UInt8>, as type: ValueType, with visitor: inout Visitor,
        _ scratch: inout [UInt8]
    ) {
        if type != .json, visit(content: content, type, &visitor, &scratch) { return }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(UInt8(ascii: "\""))
        scratch.append(content)
        scratch.append(UInt8(ascii: "\""))
        visitor.visit(json: scratch.span)
    }

    /// Visits the text of a value of a field of lists; a text that is no array is visited as a
    /// scalar.
    static func visit<Visitor: ValueVisitor>(
        list text: Span<UInt8>, as type: ValueType, with visitor: inout Visitor,
        _ scratch: inout [UInt8]
    ) {
        guard text.count > 1, text[0] == UInt8(ascii: "["),
            text[text.count - 1] == UInt8(ascii: "]")
        else { return visit(text, as: type, with: &visitor, &scratch) }
        visitor.beginList()
        let end = text.count - 1
        var (depth, isText, start, index) = (0, false, 1, 1)
        while index < end {
            switch text[index] {
            case UInt8(ascii: "\\") where isText: index += 1
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isText ? 0 : 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= isText ? 0 : 1
            case UInt8(ascii: ",") where !isText && depth == 0:
                visit(
                    element: text.extracting(start..<index), as: type, with: &visitor, &scratch)
                start = index + 1
            default: break
            }
            index += 1
        }
        if end > 1 {
            visit(element: text.extracting(start..<end), as: type, with: &visitor, &scratch)
        }
        visitor.endList()
    }

    /// Visits an element of a list; `null` is NULL there, whatever the type.
    @inline(__always)
    static func visit<Visitor: ValueVisitor>(
        element text: Span<UInt8>, as type: ValueType, with visitor: inout Visitor,
        _ scratch: inout [UInt8]
    ) {
        if type == .json, matches(text, "null") { return visitor.visitNull() }
        visit(text, as: type, with: &visitor, &scratch)
    }

    private static func matches(_ text: Span<UInt8>, _ literal: StaticString) -> Bool {
        guard text.count == literal.utf8CodeUnitCount else { return false }
        for index in text.indices {
            // Unsafe: the index is below the count of a literal, whose bytes live for ever.
            guard unsafe text[index] == literal.utf8Start[index] else { return false }
        }
        return true
    }
}

// Strings.
extension TypedText {
    /// Visits what stands between the quotes; false, and nothing was visited, where it is not
    /// canonical.
    private static func visit<Visitor: ValueVisitor>(
        content: Span<UInt8>, _ type: ValueType, _ visitor: inout Visitor,
        _ scratch: inout [UInt8]
    ) -> Bool {
        switch type {
        case .timestamp:
            if let time = Timestamp.microseconds(ofCanonical: content) {
                visitor.visit(timestamp: time)
                return true
            }
        case .bytes:
            if Base64.decode(content, into: &scratch) {
                visitor.visit(bytes: scratch.span)
                return true
            }
        default: break
        }
        guard let first = firstBackslash(content) else {
            visitor.visit(text: content)
            return true
        }
        guard unescape(content, from: first, into: &scratch) else { return false }
        visitor.visit(text: scratch.span)
        return true
    }

    /// The place of the first backslash; eight bytes are looked at together.
    @inline(__always)
    private static func firstBackslash(_ content: Span<UInt8>) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = 0
        while index <= content.count - 8 {
            let word = content.load(UInt64.self, at: index) ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let found = (word &- ones) & ~word & (ones &<< 7)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < content.count {
            if content[index] == UInt8(ascii: "\\") { return index }
            index += 1
        }
        return nil
    }

    /// Puts the text without its escapes into `output`; false where an escape is not the one that
    /// `JSONText` writes.
    private static func unescape(
        _ content: Span<UInt8>, from first: Int, into output: inout [UInt8]
    ) -> Bool {
        output.removeAll(keepingCapacity: true)
        var (start, index) = (0, first)
        while index < content.count {
            guard content[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let (byte, size) = escape(in: content, at: index) else { return false }
            output.append(content.extracting(start..<index))
            output.append(byte)
            index += size
            start = index
        }
        output.append(content.extracting(start...))
        return true
    }

    private static func escape(
        in content: Span<UInt8>, at index: Int
    ) -> (byte: UInt8, size: Int)? {
        guard index + 1 < content.count else { return nil }
        switch content[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return (content[index + 1], 2)
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "u"):
            guard index + 6 <= content.count, content[index + 2] == UInt8(ascii: "0"),
                content[index + 3] == UInt8(ascii: "0"),
                let high = hexDigit(content[index + 4]), high < 2,
                let low = hexDigit(content[index + 5])
            else { return nil }
            let byte = high << 4 | low
            let hasShortForm = byte == 0x08 || byte == 0x09 || byte == 0x0A || byte == 0x0C
            return hasShortForm || byte == 0x0D ? nil : (byte, 6)
        default: return nil
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

// Numbers.
extension TypedText {
    private static func visit<Visitor: ValueVisitor>(
        number text: Span<UInt8>, _ visitor: inout Visitor
    ) {
        if let (mantissa, scale) = shortNumber(text) {
            if scale == 0 {
                visitor.visit(int64: mantissa)
            } else {
                visitor.visit(mantissa: mantissa, scale: scale)
            }
            return
        }
        guard let decimal = try? Decimal(parsing: text), decimal.text.span.elementsEqual(text)
        else { return visitor.visit(json: text) }
        guard let (mantissa, scale) = decimal.scaled else { return visitor.visit(number: text) }
        if scale == 0 {
            visitor.visit(int64: mantissa)
        } else {
            visitor.visit(mantissa: mantissa, scale: scale)
        }
    }

    /// The mantissa and scale of a canonical number in plain notation with at most 19 digits; nil
    /// for others.
    private static func shortNumber(_ text: Span<UInt8>) -> (mantissa: Int64, scale: Int)? {
        let isNegative = text[0] == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        var magnitude: UInt64 = 0
        var point: Int?
        guard text.count - start <= 20 else { return nil }
        for index in start..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit < 10 {
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
                guard !overflow, !carry else { return nil }
                magnitude = sum
            } else {
                guard text[index] == UInt8(ascii: "."), point == nil else { return nil }
                point = index
            }
        }
        let end = point ?? text.count
        let scale = point.map { text.count - $0 - 1 } ?? 0
        // No digit before the point, zeros that lead or end, minus zero: not canonical.
        guard end > start, end == start + 1 || text[start] != UInt8(ascii: "0"),
            point == nil || (scale > 0 && text[text.count - 1] != UInt8(ascii: "0")),
            magnitude > 0 || !isNegative, scale <= 18
        else { return nil }
        // Below 10^-6 the canonical text has an exponent.
        if scale > 6 {
            var least: UInt64 = 1
            for _ in 6..<scale { least *= 10 }
            guard magnitude >= least else { return nil }
        }
        if isNegative {
            guard magnitude <= UInt64(Int64.max) + 1 else { return nil }
            return (Int64(truncatingIfNeeded: 0 &- magnitude), scale)
        }
        return Int64(exactly: magnitude).map { ($0, scale) }
    }
}
