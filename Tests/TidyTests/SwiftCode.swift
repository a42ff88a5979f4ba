/// The identifiers of a Swift file, without comments and the text of string literals.
///
/// Interpolations count as code. Regex literals are not known; no file of `Sources` has one.
struct SwiftCode {
    /// One identifier or keyword.
    struct Word {
        let text: String
        /// The number of braces around it.
        let depth: Int
        /// Whether a dot stands before it, so that it names a member.
        let isMember: Bool
    }

    private static let quotes = Array(repeating: UInt8(ascii: "\""), count: 3)

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private(set) var words: [Word] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        readCode(isInterpolation: false)
    }

    /// Reads code up to the end, or to the parenthesis that closes an interpolation.
    private mutating func readCode(isInterpolation: Bool) {
        var parentheses = 0
        var isMember = false
        while position < bytes.count {
            if skipComment() { continue }
            if let pounds = literalPounds() {
                readLiteral(pounds: pounds)
                isMember = false
                continue
            }
            let byte = bytes[position]
            if Self.isWord(byte) {
                readWord(isMember: isMember)
                isMember = false
                continue
            }
            position += 1
            switch byte {
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "("): parentheses += 1
            case UInt8(ascii: ")"):
                parentheses -= 1
                if isInterpolation, parentheses < 0 { return }
            default: break
            }
            if byte > UInt8(ascii: " ") { isMember = byte == UInt8(ascii: ".") }
        }
    }

    private mutating func readWord(isMember: Bool) {
        let start = position
        while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        words.append(Word(text: text, depth: depth, isMember: isMember))
    }

    private mutating func skipComment() -> Bool {
        if starts(with: "//") {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            return true
        }
        guard starts(with: "/*") else { return false }
        while position < bytes.count, !starts(with: "*/") { position += 1 }
        position += 2
        return true
    }

    /// The number of `#` before the quote of a literal that begins here; nil where none begins.
    private func literalPounds() -> Int? {
        let pounds = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = position + pounds
        return quote < bytes.count && bytes[quote] == Self.quotes[0] ? pounds : nil
    }

    private mutating func readLiteral(pounds: Int) {
        position += pounds
        let size = bytes[position...].starts(with: Self.quotes) ? 3 : 1
        position += size
        let mark = Array(repeating: UInt8(ascii: "#"), count: pounds)
        let end = Self.quotes.prefix(size) + mark
        let escape = [UInt8(ascii: "\\")] + mark
        while position < bytes.count {
            let rest = bytes[position...]
            if rest.starts(with: escape + [UInt8(ascii: "(")]) {
                position += escape.count + 1
                readCode(isInterpolation: true)
            } else if rest.starts(with: escape) {
                position += escape.count + 1
            } else if rest.starts(with: end) {
                position += end.count
                return
            } else {
                position += 1
            }
        }
    }

    private func starts(with text: String) -> Bool {
        bytes[position...].starts(with: text.utf8)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 128...255:
            true
        default: false
        }
    }
}

extension SwiftCode {
    private static let keywords: Set = [
        "struct", "class", "enum", "protocol", "actor", "typealias", "associatedtype",
    ]
    private static let modifiers: Set = [
        "public", "package", "internal", "final", "indirect", "nonisolated", "safe", "unsafe",
    ]

    /// The types that the file declares at its top level for other files.
    var types: Set<String> {
        let found = declarations.filter { index in
            guard words[index].depth == 0 else { return false }
            let before = words[..<(index - 1)].reversed().first {
                !Self.modifiers.contains($0.text)
            }
            return before?.text != "private" && before?.text != "fileprivate"
        }
        return Set(found.map { words[$0].text })
    }

    /// The names that the file uses and does not declare itself at any depth.
    var usedNames: Set<String> {
        let own = Set(declarations.map { words[$0].text })
        let names = words.lazy.filter { word in
            !word.isMember && word.text.utf8.first.map { 65...90 ~= $0 } == true
        }
        return Set(names.map(\.text)).subtracting(own)
    }

    /// The places of the names of all types that the file declares.
    private var declarations: [Int] {
        words.indices.dropFirst().filter { index in
            Self.keywords.contains(words[index - 1].text)
                && words[index].text.utf8.first.map { 65...90 ~= $0 } == true
        }
    }
}
