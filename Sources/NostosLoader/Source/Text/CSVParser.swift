import Nostos

/// Reads CSV (RFC 4180), and TSV, which is the same with tabs for commas.
///
/// - Rows end with LF or CRLF; the last one may end without.
/// - A field in quotes may hold anything, a quote as `""`. A quote elsewhere is an error, and so is
///   a CR that no LF follows, outside quotes.
/// - Spaces belong to the field. Empty lines are passed over, wherever they stand, and where there
///   are several columns also lines of spaces: no row of such a text is written so. In a text of
///   one column an empty line could be NULL; it is passed over, too.
///
/// TSV has CSV's quotes because spreadsheets, pandas and DuckDB write them. The other habit (no
/// quotes, `\t` and `\n` for tabs and line ends in values) would silently be read as text with
/// backslashes by programs that expect quotes, and vice versa: one rule for both formats.
struct CSVParser: RowParser {
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    let delimiter: UInt8
    /// The number of fields that each row must have; nil before the header is known.
    var columnCount: Int?
    private(set) var values: [RawValue] = []
    var line = 1
    private(set) var lastLine = 1
    var columnNames: [String] = []

    /// A parser of rows with that delimiter, before the first line.
    init(delimiter: UInt8) { self.delimiter = delimiter }

    mutating func next(
        in bytes: Span<UInt8>, at position: inout Int, isLast: Bool
    ) throws(RowError) -> RowStep {
        while true {
            passEmptyLines(in: bytes, at: &position)
            guard position < bytes.count else { return isLast ? .end : .needsMore }
            let step = try row(in: bytes, at: &position, isLast)
            guard step == .row, let columnCount, values.count != columnCount else { return step }
            // Not a row of the text: a line of spaces, or one that is too short or too long.
            guard isBlank(in: bytes) else { throw ragged(columnCount) }
        }
    }

    /// Passes line ends where a row would begin.
    @inline(__always)
    private mutating func passEmptyLines(in bytes: Span<UInt8>, at position: inout Int) {
        while position < bytes.count {
            if bytes[position] == Self.lineFeed {
                position += 1
            } else if bytes[position] == Self.carriageReturn, position + 1 < bytes.count,
                bytes[position + 1] == Self.lineFeed
            {
                position += 2
            } else {
                return
            }
            line += 1
        }
    }

    /// Whether the last row is one field of spaces where there are several columns.
    private func isBlank(in bytes: Span<UInt8>) -> Bool {
        guard values.count == 1, columnCount != 1, values[0].kind == .field,
            values[0].end > values[0].start
        else { return false }
        for index in values[0].start..<values[0].end where bytes[index] != UInt8(ascii: " ") {
            return false
        }
        return true
    }

    /// Reads a row, which begins at the position.
    private mutating func row(
        in bytes: Span<UInt8>, at position: inout Int, _ isLast: Bool
    ) throws(RowError) -> RowStep {
        values.removeAll(keepingCapacity: true)
        var index = position
        var lineEnds = 0
        while true {
            let step =
                index < bytes.count && bytes[index] == Self.quote
                ? try quotedField(in: bytes, at: &index, isLast, &lineEnds)
                : try plainField(in: bytes, at: &index, isLast, lineEnds)
            guard step == .row else { return .needsMore }
            guard index < bytes.count else { break }
            if bytes[index] == delimiter {
                index += 1
                guard values.count < RowLimits.maxColumnCount else {
                    throw RowError(
                        line: line, reason: "more than \(RowLimits.maxColumnCount) columns")
                }
                continue
            }
            // A line end: the two above leave nothing else.
            index += bytes[index] == Self.carriageReturn ? 2 : 1
            lineEnds += 1
            break
        }
        lastLine = line
        line += lineEnds
        position = index
        return .row
    }

    /// Reads a field without quotes up to what ends it; `.row` when that is there.
    private mutating func plainField(
        in bytes: Span<UInt8>, at index: inout Int, _ isLast: Bool, _ lineEnds: Int
    ) throws(RowError) -> RowStep {
        let start = index
        var end = index
        scan: while end < bytes.count {
            switch bytes[end] {
            case delimiter, Self.lineFeed: break scan
            case Self.quote:
                throw RowError(
                    line: line + lineEnds,
                    reason: """
                        found a quote within field \(values.count + 1), expected none, or the \
                        whole field in quotes and "" for each quote in it
                        """)
            case Self.carriageReturn: break scan
            default: end += 1
            }
        }
        guard try isEnd(of: bytes, at: end, isLast, lineEnds) else { return .needsMore }
        let kind = end == start ? RawValue.Kind.null : .field
        values.append(RawValue(kind: kind, start: start, end: end))
        index = end
        return .row
    }

    /// Reads a field in quotes, and checks its end.
    private mutating func quotedField(
        in bytes: Span<UInt8>, at index: inout Int, _ isLast: Bool, _ lineEnds: inout Int
    ) throws(RowError) -> RowStep {
        let first = line + lineEnds
        let start = index + 1
        var end = start
        var hasEscapes = false
        while true {
            guard end < bytes.count else {
                guard isLast else { return .needsMore }
                throw RowError(
                    line: first,
                    reason: """
                        found no end of the quotes that begin with field \(values.count + 1), \
                        expected a closing quote
                        """)
            }
            let byte = bytes[end]
            if byte == Self.quote {
                guard end + 1 < bytes.count || isLast else { return .needsMore }
                guard end + 1 < bytes.count, bytes[end + 1] == Self.quote else { break }
                hasEscapes = true
                end += 1
            } else if byte == Self.lineFeed {
                lineEnds += 1
            }
            end += 1
        }
        guard try isEnd(of: bytes, at: end + 1, isLast, lineEnds) else { return .needsMore }
        values.append(RawValue(kind: .field, hasEscapes: hasEscapes, start: start, end: end))
        index = end + 1
        return .row
    }

    /// Whether a field may end before that place; false when that is not known yet.
    private func isEnd(
        of bytes: Span<UInt8>, at end: Int, _ isLast: Bool, _ lineEnds: Int
    ) throws(RowError) -> Bool {
        guard end < bytes.count else { return isLast }
        switch bytes[end] {
        case delimiter, Self.lineFeed: return true
        case Self.carriageReturn:
            guard end + 1 < bytes.count || isLast else { return false }
            guard end + 1 < bytes.count, bytes[end + 1] == Self.lineFeed else {
                throw RowError(
                    line: line + lineEnds,
                    reason: "found a CR without LF, expected rows that end with LF or CRLF")
            }
            return true
        default:
            throw RowError(
                line: line + lineEnds,
                reason: """
                    found text behind the closing quote of field \(values.count + 1), expected \
                    its end, or "" for a quote within\(hint(of: bytes[end]))
                    """)
        }
    }

    private func ragged(_ columnCount: Int) -> RowError {
        let found = "\(values.count) field\(values.count == 1 ? "" : "s")"
        return RowError(
            line: lastLine,
            reason: "found \(found), expected \(columnCount) as in the header")
    }
}
