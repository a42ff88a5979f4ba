/// Numbers as text: JSON's grammar, and nothing else that Swift or YAML would take.
enum NumberText {
    /// Whether it is `-`, perhaps, and digits without a leading zero.
    static func isInteger(_ text: some StringProtocol) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return isDigits(digits) && (digits.count == 1 || !digits.hasPrefix("0"))
    }

    /// Whether it is a JSON number.
    static func isNumber(_ text: some StringProtocol) -> Bool {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = parts.first, parts.count <= 2 else { return false }
        if parts.count == 2 {
            let power = parts[1]
            let hasSign = power.hasPrefix("-") || power.hasPrefix("+")
            guard isDigits(hasSign ? power.dropFirst() : power) else { return false }
        }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = halves.first, halves.count <= 2, isInteger(whole) else { return false }
        return halves.count == 1 || isDigits(halves[1])
    }

    /// At least one digit of ASCII, and nothing else.
    static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// A limit for a message: without `.0`.
    static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }
}

/// The texts that YAML 1.1 takes for something else than text.
enum YAML11 {
    /// Words that it reads as true, besides `true`.
    static let truths: Set = ["yes", "on", "y"]
    /// Words that it reads as false, besides `false`.
    static let untruths: Set = ["no", "off", "n"]

    /// Whether a plain scalar means one thing here and another to YAML 1.1: a truth value, a number
    /// in base 2, 8, 16 or 60, or a number in a form that JSON does not have.
    static func isAmbiguous(_ text: String) -> Bool {
        let text = text.lowercased()
        if ["yes", "no", "on", "off"].contains(text) { return true }
        let hasSign = text.hasPrefix("+") || text.hasPrefix("-")
        let body = hasSign ? text.dropFirst() : text[...]
        if [".inf", ".nan"].contains(body) { return true }
        let prefixes = [("0x", "0123456789abcdef_"), ("0o", "01234567_"), ("0b", "01_")]
        for (prefix, digits) in prefixes where body.hasPrefix(prefix) {
            let rest = body.dropFirst(prefix.count)
            return !rest.isEmpty && rest.allSatisfy { digits.contains($0) }
        }
        guard !NumberText.isNumber(text) else { return false }
        let isNumberLike =
            body.contains { $0.isASCII && $0.isNumber }
            && body.allSatisfy { "0123456789_:.e+-".contains($0) }
        guard isNumberLike, body.first != "_", body.first != "e", body.first != ":" else {
            return false
        }
        // Dates and versions are text to everyone.
        return !body.contains("-") && body.count(where: { $0 == "." }) <= 1
    }
}

extension StringProtocol {
    /// Without the white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
