/// The places of the parts of a text in the file from which it was read.
///
/// YAML folds lines and removes indentation, templates put in other text, and yet an error at some
/// place of the SQL must name the line in the job file.
struct TextOrigin: Sendable, Hashable {
    /// A stretch of the text, up to the next piece.
    struct Piece: Sendable, Hashable {
        /// The offset at which it starts, in Unicode scalars of the text.
        let offset: Int
        /// The place of its first scalar in the file.
        let mark: TextMark
        /// Whether all of it stands there: the value of a template.
        var isFixed = false
    }

    /// In ascending order of offset; the first starts at 0.
    private(set) var pieces: [Piece]

    /// A text all of which stands at one place.
    init(at mark: TextMark) {
        pieces = [Piece(offset: 0, mark: mark, isFixed: true)]
    }

    /// A text that starts with that piece.
    init(of piece: Piece) {
        pieces = [piece]
    }

    /// A text that is a whole file.
    init(of lines: TextLines) {
        pieces = [Piece(offset: 0, mark: TextMark(line: 1, column: 1))]
        for offset in lines.scalars.indices.dropFirst() {
            let mark = lines.mark(at: offset)
            if mark.column == 1 { pieces.append(Piece(offset: offset, mark: mark)) }
        }
    }

    /// The place of the scalar at that offset.
    ///
    /// O(log pieces).
    func mark(at offset: Int) -> TextMark {
        piece(at: offset).mark
    }

    /// The line of the scalar at that offset.
    func line(at offset: Int) -> Int { piece(at: offset).mark.line }

    /// The rest of the piece in which the scalar at that offset lies.
    ///
    /// O(log pieces).
    func piece(at offset: Int) -> Piece {
        var low = 0
        var high = pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].offset <= offset { low = middle } else { high = middle }
        }
        let piece = pieces[low]
        let distance = piece.isFixed ? 0 : max(offset - piece.offset, 0)
        return Piece(
            offset: offset,
            mark: TextMark(line: piece.mark.line, column: piece.mark.column + distance),
            isFixed: piece.isFixed)
    }

    /// Adds a stretch that starts at `offset`, beyond all pieces so far.
    mutating func append(_ piece: Piece) {
        pieces.append(piece)
    }
}

extension TextOrigin {
    /// The origin of a scalar's text.
    ///
    /// Folding changes nothing but white space, so that the n-th other character of the text is the
    /// n-th in the file; in quotes, an escape counts as what it stands for.
    init(of text: String, style: YAMLNode.Style, at mark: TextMark, in lines: TextLines) {
        pieces = [Piece(offset: 0, mark: mark, isFixed: true)]
        let source = lines.scalars
        var position = Self.start(of: style, at: lines.offset(of: mark), in: lines)
        var shift: Int?
        for (offset, scalar) in text.unicodeScalars.enumerated() where !scalar.isSpace {
            Self.skipSpace(in: source, from: &position, escapes: style == .doubleQuoted)
            // An escape by number: from here on the start of the scalar has to do.
            guard position < source.count, source[position] == scalar else { return }
            if shift != position - offset {
                shift = position - offset
                let piece = Piece(offset: offset, mark: lines.mark(at: position))
                if offset == 0 { pieces = [piece] } else { pieces.append(piece) }
            }
            position += style == .singleQuoted && scalar == "'" ? 2 : 1
        }
    }

    /// The place at which the text's first character may stand: after anchor, quote, or the block's
    /// header.
    private static func start(of style: YAMLNode.Style, at offset: Int, in lines: TextLines) -> Int
    {
        let source = lines.scalars
        var offset = offset
        if offset < source.count, source[offset] == "&" { offset = lines.skipAnchor(at: offset) }
        switch style {
        case .plain: return offset
        case .singleQuoted, .doubleQuoted: return offset + 1
        case .block:
            return source[min(offset, source.count)...].firstIndex { $0 == "\n" || $0 == "\r" }
                ?? source.count
        }
    }

    /// Goes on to the next character that is neither white space nor the start of an escape.
    private static func skipSpace(
        in source: [Unicode.Scalar], from position: inout Int, escapes: Bool
    ) {
        while position < source.count {
            if source[position].isSpace {
                position += 1
            } else if escapes, source[position] == "\\", position + 1 < source.count {
                let isWhite =
                    source[position + 1].isSpace
                    || "tnr".unicodeScalars.contains(
                        source[position + 1])
                position += isWhite ? 2 : 1
                if !isWhite { return }
            } else {
                return
            }
        }
    }
}
