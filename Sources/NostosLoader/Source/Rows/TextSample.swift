import Nostos

/// The first rows of a text, and what they say of its columns.
struct TextSample {
    /// The most rows that are looked at.
    static var maxCount: Int { 10_000 }
    /// The sample ends with the row that reaches this many bytes of text.
    static var maxSize: Int { 1 << 20 }

    private(set) var columns: [TextColumn] = []
    /// How many rows were looked at.
    private(set) var rowCount = 0
    private var samples: [ColumnSample] = []

    /// Reads them, and puts the reader back before the first row.
    init<Parser: TextParser>(
        _ reader: inout TextReader<Parser>, _ contract: TextContract
    ) throws(SourceError) {
        reader.buffer.keepsAll = true
        try Self.passMark(&reader)
        try Self.readHeader(&reader)
        let (start, line) = (reader.buffer.position, reader.parser.line)
        while rowCount < Self.maxCount, reader.buffer.position - start < Self.maxSize,
            try reader.step(row: rowCount + 1)
        {
            observe(reader)
            rowCount += 1
        }
        do throws(RowError) {
            try reader.parser.fixColumns(contract)
        } catch {
            throw .badInput(
                source: reader.source, line: error.line, row: nil, reason: error.reason)
        }
        let names = reader.parser.columnNames
        columns = names.indices.map { index in
            let sample = index < samples.count ? samples[index] : ColumnSample()
            return sample.column(names[index], contract, isText: Parser.isPlainText)
        }
        guard Parser.isPlainText || rowCount > 0 else {
            throw .badInput(
                source: reader.source, line: nil, row: nil,
                reason: "found no row, expected at least one: its members are the columns")
        }
        (reader.buffer.position, reader.parser.line) = (start, line)
        reader.buffer.keepsAll = false
    }

    private mutating func observe<Parser: TextParser>(_ reader: TextReader<Parser>) {
        let values = reader.parser.values
        while samples.count < values.count { samples.append(ColumnSample()) }
        let bytes = reader.buffer.bytes.span
        for index in values.indices { samples[index].observe(values[index], in: bytes) }
    }

    /// Passes the byte order mark of UTF-8; those of other encodings are errors.
    private static func passMark<Parser: TextParser>(
        _ reader: inout TextReader<Parser>
    ) throws(SourceError) {
        while reader.buffer.bytes.count < 3, !reader.buffer.isAtEnd { try reader.refill(row: nil) }
        let bytes = reader.buffer.bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.buffer.position = 3 }
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw .badInput(
                source: reader.source, line: 1, row: nil,
                reason: "found the byte order mark of UTF-16, expected UTF-8")
        }
    }

    private static func readHeader<Parser: TextParser>(
        _ reader: inout TextReader<Parser>
    ) throws(SourceError) {
        guard Parser.isPlainText else { return }
        guard try reader.step(row: nil) else {
            throw .badInput(
                source: reader.source, line: 1, row: nil,
                reason: "found nothing, expected a header row with the columns' names")
        }
        let bytes = reader.buffer.bytes
        do throws(RowError) {
            try reader.parser.takeHeader(in: bytes.span)
        } catch {
            throw .badInput(
                source: reader.source, line: error.line, row: nil, reason: error.reason)
        }
    }
}
