import Nostos

/// Reads CSV (RFC 4180), and TSV, which is the same with tabs for commas.
///
/// - Rows end with LF or CRLF; the last one may end without.
/// - A field in quotes may hold anything, a quote as `""`. A quote elsewhere is an error, and so is
///   a CR that no LF follows, outside quotes.
/// - Spaces belong to the field. An empty line is a row of one empty field.
///
/// TSV has CSV's quotes because spreadsheets, pandas and DuckDB write them so. The other habit
/// (no quotes, `\t` and `\n` for tabs and line ends in values) would silently be read as text with
/// backslashes by those who expect quotes, and the other way round: one rule for both formats.
struct CSVParser: RowParser {
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    private let delimiter: UInt8
    /// How many fields each row must have; nil before the header is known.
    private var columnCount: Int?
    private(set) var values: [RawValue] = []
    var line = 1
    private(set) var lastLine = 1
    private(set) var columnNames: [String] = []

    /// A parser of rows with that delimiter, before the first line.
    init(delimiter: UInt8) { self.delimiter = delimiter }

    mutating func next(
        in bytes: Span<UInt8>, at position: inout Int, isLast: Bool
    ) throws(RowError) -> RowStep {
        guard position < bytes.count else { return isLast ? .end : .needsMore }
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
        if let columnCount, values.count != columnCount { throw ragged(columnCount) }
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

    /// Reads a field in quotes, and sees that it ends as it should.
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
                    its end, or "" for a quote within
                    """)
        }
    }

    private func ragged(_ columnCount: Int) -> RowError {
        let isEmpty = values.count == 1 && values[0].kind == .null
        let count = "\(values.count) field\(values.count == 1 ? "" : "s")"
        let found = isEmpty ? "an empty line" : count
        return RowError(
            line: line,
            reason: "found \(found), expected \(columnCount) as in the header")
    }
}

extension CSVParser: TextParser {
    static var isPlainText: Bool { true }

    mutating func takeHeader(in bytes: Span<UInt8>) throws(RowError) {
        var seen: Set<String> = []
        for (index, value) in values.enumerated() {
            guard let name = value.text(in: bytes) else {
                throw headerError("column \(index + 1) has a name that is not UTF-8")
            }
            guard !name.isEmpty else { throw headerError("column \(index + 1) has no name") }
            guard seen.insert(name).inserted else {
                throw headerError("two columns are named \(quoted(name))")
            }
            columnNames.append(name)
        }
        columnCount = columnNames.count
    }

    private func headerError(_ found: String) -> RowError {
        RowError(
            line: lastLine, reason: "the header is wrong: \(found); expected a name of its own")
    }

    mutating func fixColumns(_ contract: TextContract) throws(RowError) {
        for column in contract.columns where !columnNames.contains(column.name) {
            let near = nearestWord(to: column.name, among: columnNames)
            throw RowError(
                line: 1,
                reason: DiagnosticLog.message(
                    found: "no column \(quoted(column.name)), which the job's columns name",
                    expected: alternatives(columnNames.map { quoted($0) }), suggestion: near))
        }
    }
}
