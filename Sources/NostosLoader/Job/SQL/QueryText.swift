/// A place in a query, as its author counts: lines and columns from 1, columns in characters
/// (Unicode scalars).
struct QueryPosition: Equatable {
    let line: Int
    let column: Int
}

/// The text of a query, as far as a source must understand it itself: where its one statement ends
/// and with which word it begins.
///
/// The lexical rules are SQL's with PostgreSQL's additions (PostgreSQL documentation, 4.1 “Lexical
/// Structure”): nested `/* */` comments, `E'…'` strings with backslashes, `$tag$…$tag$` strings.
struct QueryText {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The place of a byte offset; offsets beyond the end count as the end.
    func position(ofByte offset: Int) -> QueryPosition {
        var line = 1
        var column = 1
        for byte in bytes.prefix(max(0, offset)) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if !Self.isContinuation(byte) {
                column += 1
            }
        }
        return QueryPosition(line: line, column: column)
    }

    /// The place of a character, counted from 0 in Unicode scalars, as PostgreSQL counts from 1.
    func position(ofCharacter index: Int) -> QueryPosition {
        var characters = 0
        for (offset, byte) in bytes.enumerated() where !Self.isContinuation(byte) {
            if characters == index { return position(ofByte: offset) }
            characters += 1
        }
        return position(ofByte: bytes.count)
    }

    /// The offset of the first byte from `start` on that is neither white space, nor in a comment,
    /// nor a semicolon; nil when there is none.
    func firstWord(from start: Int = 0) -> Int? {
        var offset = start
        while offset < bytes.count {
            let next = blank(at: offset)
            if next > offset {
                offset = next
            } else if bytes[offset] == UInt8(ascii: ";") {
                offset += 1
            } else {
                return offset
            }
        }
        return nil
    }

    /// The keyword with which the statement begins, in upper case, after any parentheses.
    var keyword: String {
        var offset = 0
        while offset < bytes.count {
            let next = blank(at: offset)
            if next == offset, bytes[offset] != UInt8(ascii: "(") { break }
            offset = max(next, offset + 1)
        }
        let word = bytes[offset...].prefix {
            ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z")
        }
        return String(decoding: word, as: UTF8.self).uppercased()
    }

    /// The word of letters at an offset, in upper case; empty where there is none.
    func word(at offset: Int) -> String {
        guard offset < bytes.count else { return "" }
        let word = bytes[offset...].prefix(while: Self.isWordByte)
        return String(decoding: word, as: UTF8.self).uppercased()
    }

    /// Whether the statement begins like those that return rows and only read.
    ///
    /// A first line of defence, for its clear message; a `WITH` can still end in an `INSERT`.
    var isSelect: Bool { ["SELECT", "WITH", "VALUES", "TABLE"].contains(keyword) }

    /// The end of the first statement: the offset of its semicolon, or the end of the text.
    var statementEnd: Int {
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: ";") { return offset }
            offset = tokenEnd(at: offset)
        }
        return bytes.count
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private func byte(at offset: Int) -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }
}

extension QueryText {
    /// The end of the comment or the one white space at `offset`; `offset` when there is none.
    private func blank(at offset: Int) -> Int {
        switch (bytes[offset], byte(at: offset + 1)) {
        case (UInt8(ascii: " "), _), (0x09...0x0D, _):
            return offset + 1
        case (UInt8(ascii: "-"), UInt8(ascii: "-")):
            return bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            return commentEnd(at: offset)
        default:
            return offset
        }
    }

    private func commentEnd(at start: Int) -> Int {
        var depth = 0
        var offset = start
        while offset < bytes.count {
            switch (bytes[offset], byte(at: offset + 1)) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                offset += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                offset += 2
                if depth == 0 { return offset }
            default:
                offset += 1
            }
        }
        return bytes.count
    }

    /// The end of the token at `offset`, as far as tokens can hide a semicolon or a quote.
    func tokenEnd(at offset: Int) -> Int {
        let next = blank(at: offset)
        if next > offset { return next }
        switch bytes[offset] {
        case UInt8(ascii: "'"):
            return quotedEnd(at: offset, hasEscapes: false)
        case UInt8(ascii: "\""), UInt8(ascii: "`"):
            return quotedEnd(at: offset, hasEscapes: false)
        case UInt8(ascii: "$"):
            return dollarQuotedEnd(at: offset) ?? offset + 1
        case let first where Self.isWordByte(first):
            let end = bytes[offset...].firstIndex { !Self.isWordByte($0) } ?? bytes.count
            let isEscapeString =
                end == offset + 1 && first | 0x20 == UInt8(ascii: "e")
                && byte(at: end) == UInt8(ascii: "'")
            return isEscapeString ? quotedEnd(at: end, hasEscapes: true) : end
        default:
            return offset + 1
        }
    }

    /// A doubled quote inside ends one literal and begins the next: the same bytes are covered.
    private func quotedEnd(at start: Int, hasEscapes: Bool) -> Int {
        var offset = start + 1
        while offset < bytes.count {
            if bytes[offset] == bytes[start] {
                guard hasEscapes, byte(at: offset + 1) == bytes[start] else { return offset + 1 }
                offset += 1
            } else if hasEscapes, bytes[offset] == UInt8(ascii: "\\") {
                offset += 1
            }
            offset += 1
        }
        return bytes.count
    }

    private func dollarQuotedEnd(at start: Int) -> Int? {
        guard
            let tagEnd = bytes[(start + 1)...].firstIndex(where: { !Self.isTagByte($0) }),
            bytes[tagEnd] == UInt8(ascii: "$"),
            !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start + 1])
        else { return nil }
        let mark = bytes[start...tagEnd]
        var offset = tagEnd + 1
        while offset + mark.count <= bytes.count {
            if bytes[offset] == UInt8(ascii: "$"),
                bytes[offset..<offset + mark.count].elementsEqual(mark)
            {
                return offset + mark.count
            }
            offset += 1
        }
        return bytes.count
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// `$` may stand inside a word, so that `a$b$` opens no string.
    static func isWordByte(_ byte: UInt8) -> Bool {
        isTagByte(byte) || byte == UInt8(ascii: "$")
    }
}
