import Nostos

/// The rows of a text, typed by the job and by its first rows.
///
/// The first rows are read twice: once to see what their columns are, and then as rows. They stay
/// in memory for that, ``sampleSize`` bytes and a piece more.
final class TextCursor<Parser: TextParser>: RowCursor {
    let columns: [SourceColumn]
    private(set) var warnings: [String]
    private var textColumns: [TextColumn]
    private let contract: TextContract
    private let sampleCount: Int
    private var reader: TextReader<Parser>
    private var encoder = TextEncoder()
    private var rowCount = 0
    private var isAtEnd = false

    /// Reads the first rows; the cursor is before the first one.
    ///
    /// - Parameters:
    ///   - input: the text.
    ///   - parser: a parser before the first line.
    ///   - source: what errors call the text.
    ///   - contract: what the job says of the columns.
    /// - Throws: what is wrong with the header or the first rows, or with the input.
    init(
        _ input: any ByteInput, _ parser: Parser, source: String, contract: TextContract
    ) throws(SourceError) {
        reader = TextReader(input, parser, source: source)
        self.contract = contract
        let sample = try TextSample(&reader, contract)
        (textColumns, sampleCount) = (sample.columns, sample.rowCount)
        columns = sample.columns.map(\.sourceColumn)
        warnings = sample.warnings
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        row.removeAll()
        guard !isAtEnd else { return false }
        do throws(SourceError) {
            guard try reader.step(row: rowCount + 1) else {
                isAtEnd = true
                return false
            }
            rowCount += 1
            while let failure = encoder.append(reader, textColumns, to: &row) {
                guard failure.misfit == .open else { throw error(failure) }
                decide(failure.column)
                row.removeAll()
            }
        } catch {
            isAtEnd = true
            row.removeAll()
            throw error
        }
        return true
    }

    /// Takes the type of a column without a value in the first rows from its first value.
    private func decide(_ place: Int) {
        let (name, index) = (textColumns[place].name, textColumns[place].index)
        let line = reader.parser.lastLine
        var sample = ColumnSample()
        let bytes = reader.buffer.bytes
        sample.observe(reader.parser.values[index], in: bytes.span, line: line)
        let shape = sample.shape(name, contract, isText: Parser.isPlainText)
        textColumns[place] = TextColumn(name, at: index, shape, contract)
        let type = textColumns[place].typeName
        warnings.append(
            """
            line \(line), column \(quoted(name)): the first value after \(sampleCount) rows \
            without one is read as \(type), and so are all others; say columns: \
            {\(name): {type: \(type)}} if that is right
            """)
    }

    /// The error of a value that does not fit its column.
    private func error(_ failure: (column: Int, misfit: Misfit)) -> SourceError {
        let column = textColumns[failure.column]
        let value = reader.parser.values[column.index]
        let bytes = reader.buffer.bytes
        let text = bytes.span.extracting(value.start..<value.end)
        let isNumber = value.kind != .string && NumberToken(text) != nil
        let isText = value.kind == .field || value.kind == .string
        let shown = isText ? value.text(in: bytes.span) : nil
        let reason =
            switch failure.misfit {
            case .type, .open:
                column.refusal(
                    of: value.shown(in: bytes.span),
                    text: shown.flatMap { NullText.mayBeMeant(by: $0) ? $0 : nil },
                    isNumber: isNumber, row: rowCount, sampleCount: sampleCount)
            case .value(let error): error.sentence
            }
        return .badInput(
            source: reader.source, line: reader.parser.lastLine, row: rowCount,
            reason: "\(key(in: bytes.span))column \(quoted(column.name)): \(reason)")
    }

    /// The row's key as it is written, for messages, parts with commas between.
    private func key(in bytes: Span<UInt8>) -> String {
        let parts = textColumns.filter(\.isKey)
            .map { reader.parser.values[$0.index].shown(in: bytes) }
        return parts.isEmpty ? "" : "key \(parts.joined(separator: ",")), "
    }
}

extension TextEncoder {
    /// Appends all values of the row that was read; returns the first one that does not fit its
    /// column, with the reason.
    fileprivate mutating func append<Parser: TextParser>(
        _ reader: borrowing TextReader<Parser>, _ columns: [TextColumn], to row: inout Row
    ) -> (column: Int, misfit: Misfit)? {
        let bytes = reader.buffer.bytes.span
        // A span lends its elements: no column is copied for a value.
        let columns = columns.span
        var column = 0
        do throws(Misfit) {
            while column < columns.count {
                let value = reader.parser.values[columns[column].index]
                try append(value, of: columns[column], in: bytes, to: &row.bytes)
                row.ends.append(row.bytes.count)
                column += 1
            }
        } catch {
            return (column, error)
        }
        return nil
    }
}
