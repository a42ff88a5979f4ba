/// Cursors over text of any format.
enum TextRows {
    /// Reads the first rows of a text.
    static func open(
        _ input: any ByteInput, _ format: RowFormat, source: String, contract: TextContract
    ) throws(SourceError) -> any RowCursor {
        switch format {
        case .csv:
            try TextCursor(
                input, CSVParser(delimiter: contract.options.delimiter), source: source,
                contract: contract)
        case .tsv:
            try TextCursor(
                input, CSVParser(delimiter: UInt8(ascii: "\t")), source: source,
                contract: contract)
        case .jsonl:
            try TextCursor(input, JSONLinesParser(), source: source, contract: contract)
        }
    }
}
