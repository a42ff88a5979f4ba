import Nostos

/// The first rows of a text, and what they say of its columns.
struct TextSample {
    /// The most rows of the sample.
    static var maxCount: Int { 10_000 }
    /// The sample ends with the row that reaches this many bytes of text.
    static var maxSize: Int { 1 << 20 }

    private(set) var columns: [TextColumn] = []
    /// The warnings about what was guessed.
    private(set) var warnings: [String] = []
    /// The number of rows examined.
    private(set) var rowCount = 0
    private var samples: [ColumnSample] = []
    /// The texts that mean NULL, for each column that was seen.
    private var nulls: [[[UInt8]]] = []

    /// Reads them, and puts the reader back before the first row.
    init<Parser: TextParser>(
        _ reader: inout TextReader<Parser>, _ contract: TextContract
    ) throws(SourceError) {
        reader.buffer.keepsAll = true
        try Self.passMark(&reader)
        try Self.readHeader(&reader, contract)
        let (start, line) = (reader.buffer.position, reader.parser.line)
        reader.parser.beginSample(contract)
        while rowCount < Self.maxCount, reader.buffer.position - start < Self.maxSize,
            try reader.step(row: rowCount + 1)
        {
            observe(reader, contract)
            rowCount += 1
        }
        guard Parser.isPlainText || rowCount > 0 || contract.namesColumns else {
            throw .badInput(
                source: reader.source, line: nil, row: nil,
                reason: """
                    found no row, expected at least one: its members are the columns; say columns: \
                    {NAME: {type: …}} if there may be none
                    """)
        }
        let seen = reader.parser.columnNames
        do throws(RowError) {
            try reader.parser.fixColumns(contract, isEmpty: rowCount == 0)
        } catch {
            throw .badInput(
                source: reader.source, line: error.line, row: nil, reason: error.reason)
        }
        finish(reader.parser.columnNames, seen, contract, isText: Parser.isPlainText)
        (reader.buffer.position, reader.parser.line) = (start, line)
        reader.buffer.keepsAll = false
    }

    private mutating func observe<Parser: TextParser>(
        _ reader: TextReader<Parser>, _ contract: TextContract
    ) {
        let values = reader.parser.values
        let bytes = reader.buffer.bytes.span
        while samples.count < values.count {
            let names = reader.parser.columnNames
            nulls.append(contract.nulls(of: names[samples.count]))
            samples.append(ColumnSample())
        }
        for index in values.indices {
            if values[index].isOne(of: nulls[index], in: bytes) { continue }
            samples[index].observe(values[index], in: bytes, line: reader.parser.lastLine)
        }
    }

    /// Makes the columns of what was seen.
    private mutating func finish(
        _ names: [String], _ seen: [String], _ contract: TextContract, isText: Bool
    ) {
        for (index, name) in names.enumerated() where contract.takes(name) {
            let sample = index < samples.count ? samples[index] : ColumnSample()
            let shape = sample.shape(name, contract, isText: isText)
            let column = TextColumn(name, at: index, shape, contract)
            columns.append(column)
            warnings += sample.warnings(column, isText: isText)
            if rowCount > 0, index >= seen.count {
                let near = nearestWord(to: name, among: seen)
                    .map { "; did you mean \(quoted($0))?" }
                warnings.append(
                    "column \(quoted(name)): none of the first \(rowCount) rows has it\(near ?? "")"
                )
            }
        }
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
        _ reader: inout TextReader<Parser>, _ contract: TextContract
    ) throws(SourceError) {
        guard Parser.isPlainText else { return }
        guard try reader.step(row: nil) else {
            throw .badInput(
                source: reader.source, line: 1, row: nil,
                reason: "found nothing, expected a header row with the columns' names")
        }
        let bytes = reader.buffer.bytes
        do throws(RowError) {
            try reader.parser.takeHeader(in: bytes.span, contract)
        } catch {
            throw .badInput(
                source: reader.source, line: error.line, row: nil, reason: error.reason)
        }
    }
}
