/// A text as lines of Unicode scalars, so that places and offsets turn into each other.
struct TextLines: Sendable {
    let scalars: [Unicode.Scalar]
    /// The offsets at which the lines start; at least one.
    private let starts: [Int]

    /// Splits at the line ends that YAML 1.1 knows: LF, CR, CRLF, NEL, LS, PS.
    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        var starts = [0]
        for index in scalars.indices {
            switch scalars[index] {
            case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": continue
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": starts.append(index + 1)
            default: continue
            }
        }
        self.starts = starts
    }

    /// The offset of that place; beyond the text's end, the end.
    func offset(of mark: TextMark) -> Int {
        guard (1...starts.count).contains(mark.line) else { return scalars.count }
        return min(starts[mark.line - 1] + max(mark.column, 1) - 1, scalars.count)
    }

    /// The place of that offset.
    ///
    /// O(log lines).
    func mark(at offset: Int) -> TextMark {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return TextMark(line: low + 1, column: offset - starts[low] + 1)
    }
}

extension Unicode.Scalar {
    /// Whether it separates words in YAML and SQL: blank, tab, line end.
    var isSpace: Bool {
        switch self {
        case " ", "\t", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// Whether it is a letter, a digit or an underscore of ASCII.
    var isWord: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// Whether YAML 1.1 allows it in a document, byte order marks left out.
    var isYAML: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE,
            0xFF00...0xFFFD, 0x1_0000...0x10_FFFF:
            true
        default: false
        }
    }
}
