/// An annotated dump of a table: every byte range with its meaning.
///
/// Reads the whole file.
///
/// For learning the format, for bug reports, and as the golden file of the format's test: a change
/// of the format shows there first.
public struct TableDump {
    private let table: TableReader
    private let bytes: MappedBytes
    private let footer: TableFooter
    private var lines: [String] = []

    /// The dump of a table that verifies.
    ///
    /// - Throws: ``TableError``: only what verifies can be explained.
    public static func lines(of table: TableReader) throws(TableError) -> [String] {
        _ = try table.verify()
        var dump = TableDump(table)
        do throws(Damage) { try dump.run() } catch { throw table.corrupt(error) }
        return dump.lines
    }

    private init(_ table: TableReader) {
        self.table = table
        (bytes, footer) = (table.bytes, table.footer)
    }

    private mutating func run() throws(Damage) {
        let header = footer.range(of: .header)
        line(header.lowerBound..<header.lowerBound + 8, "header", "magic")
        line(
            header.lowerBound + 8..<header.upperBound, "header",
            "format version \(TableFormat.version)")
        for index in 0..<footer.groupCount { try dumpGroup(index) }
        for (range, part, meaning) in try table.index.parts() {
            line(range, "\(part)", meaning)
        }
        if table.keyForm == .numbers { line(footer.range(of: .keys), "keys", "code of keys") }
        line(footer.range(of: .filters), "filters", "512 bits a group")
        line(footer.range(of: .vocabularies), "vocabularies", "words as JSON")
        line(footer.range(of: .layout), "layout", layoutText)
        line(footer.range(of: .metadata), "metadata", "JSON")
        line(footer.range(of: .pageSums), "pageSums", "XXH3-64 of each page")
        line(footer.range(of: .sumsOfSums), "sumsOfSums", "XXH3-64 of each page of sums")
        let last = footer.range(of: .footer)
        line(
            last, "footer",
            "\(footer.rowCount) rows in \(footer.groupCount) groups, digest \(table.info.digest)")
    }

    private mutating func dumpGroup(_ index: Int) throws(Damage) {
        let group = try table.group(index)
        for (range, meaning) in try group.parts() { line(range, "group \(index)", meaning) }
        let all = table.select()
        for row in 0..<group.rowCount {
            let range = try group.row(row)
            var json: [UInt8] = []
            try table.append(all, of: table.place(of: row, in: group), to: &json)
            line(range, "group \(index)", "row \(row): \(String(decoding: json, as: UTF8.self))")
        }
    }

    private var layoutText: String {
        zip(table.info.schema.fields, table.decoding.fields).map { field, layout in
            "\(field.name): \(layout.name), \(layout.width) bits"
        }.joined(separator: "; ")
    }

    /// One line: offsets, the first bytes, the part, the meaning.
    private mutating func line(_ range: Range<Int>, _ part: String, _ meaning: String) {
        var hex: [String] = []
        for offset in range.prefix(8) {
            let digits = String(bytes.load(UInt8.self, at: offset), radix: 16)
            hex.append(digits.count == 1 ? "0" + digits : digits)
        }
        if range.count > 8 { hex.append("…") }
        let offsets = "\(Self.padded(range.lowerBound))..<\(Self.padded(range.upperBound))"
        let shown = hex.joined(separator: " ")
        let gap = String(repeating: " ", count: max(0, 26 - shown.count))
        lines.append("\(offsets)  \(part)  \(shown)\(gap) \(meaning)")
    }

    private static func padded(_ offset: Int) -> String {
        let digits = String(offset, radix: 16)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
