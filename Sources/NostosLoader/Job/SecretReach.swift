/// The places of a text in which a secret is looked for, by how much it looks like a word or number
/// that has nothing to do with it.
enum SecretReach: Equatable {
    /// Everywhere: 8 or more characters of several kinds, or 16 of one kind.
    case anywhere
    /// As a whole word, with no letter, digit or `_` beside it.
    case wholeWord
    /// Places of passwords: `:secret@` and `password=secret`. So for fewer than 4 characters, and
    /// fewer than 6 digits.
    case credential

    init(of secret: [UInt8]) {
        let count = String(decoding: secret, as: UTF8.self).count
        let hasDigits = secret.contains { (0x30...0x39).contains($0) }
        let isNumber = secret.allSatisfy { (0x30...0x39).contains($0) }
        let hasOthers = secret.contains { !$0.isWordByte }
        let hasLetters = secret.contains { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
        let hasInnerCapital =
            secret.dropFirst().contains { (0x41...0x5A).contains($0) }
            && secret.contains { (0x61...0x7A).contains($0) }
        if count < 4 || (isNumber && count < 6) {
            self = .credential
        } else if count >= 16 || (count >= 8 && (hasOthers || hasInnerCapital))
            || (count >= 8 && hasLetters && hasDigits)
        {
            self = .anywhere
        } else {
            self = .wholeWord
        }
    }

    /// Whether an occurrence is the secret.
    func covers(_ range: Range<Int>, of text: [UInt8]) -> Bool {
        switch self {
        case .anywhere: true
        case .wholeWord: range.isWord(in: text)
        case .credential: range.isWord(in: text) && Self.isCredential(range, of: text)
        }
    }

    private static let names = [
        "password", "passwd", "pass", "pwd", "token", "secret", "apikey", "api_key",
    ].map { Array($0.utf8) }

    /// Whether a text of the range would be a password by what stands around it.
    private static func isCredential(_ range: Range<Int>, of text: [UInt8]) -> Bool {
        if range.upperBound < text.count, text[range.upperBound] == UInt8(ascii: "@"),
            range.lowerBound > 0, text[range.lowerBound - 1] == UInt8(ascii: ":")
        {
            return true
        }
        var before = text[..<range.lowerBound]
        func drop(_ bytes: String) {
            while let last = before.last, bytes.utf8.contains(last) { before.removeLast() }
        }
        drop("'\"")
        drop(" ")
        guard let sign = before.last, sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") else {
            return false
        }
        before.removeLast()
        drop(" '\"")
        return names.contains { name in
            before.count >= name.count
                && zip(before.suffix(name.count), name).allSatisfy { $0 | 0x20 == $1 | 0x20 }
        }
    }
}

/// The places of secrets in a text.
struct SecretMarks {
    private var certain: [Bool]
    private var possible: [Bool]
    private var isFound = false

    init(count: Int) {
        certain = [Bool](repeating: false, count: count)
        possible = certain
    }

    mutating func add(_ range: Range<Int>, isCertain: Bool) {
        isFound = true
        for index in range {
            possible[index] = true
            if isCertain { certain[index] = true }
        }
    }

    /// The bytes that belong to secrets; nil where there are none.
    ///
    /// A stretch of several secrets side by side is one when it stands by itself: the neighbour of
    /// each is then a secret and no word.
    consuming func resolved(in text: [UInt8]) -> [Bool]? {
        guard isFound else { return nil }
        var start = 0
        while start < text.count {
            guard possible[start] else {
                start += 1
                continue
            }
            let end = possible[start...].firstIndex(of: false) ?? text.count
            if (start..<end).isWord(in: text) {
                for index in start..<end { certain[index] = true }
            }
            start = end
        }
        return certain.contains(true) ? certain : nil
    }
}

extension Range<Int> {
    /// Whether no word of the text goes on over an end of the range.
    fileprivate func isWord(in text: [UInt8]) -> Bool {
        let goesOnBefore =
            lowerBound > 0 && text[lowerBound - 1].isWordByte && text[lowerBound].isWordByte
        let goesOnAfter =
            upperBound < text.count && text[upperBound].isWordByte
            && text[upperBound - 1].isWordByte
        return !goesOnBefore && !goesOnAfter
    }
}

extension UInt8 {
    /// Whether it is a letter or a digit of ASCII, an underscore, or a part of another letter.
    fileprivate var isWordByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }
}
