import Nostos

/// The columns of a check's query that are the key, the columns that are fields, and the comparison
/// of its rows with the table's records.
struct ColumnMatch {
    /// The key of the row that was encoded last.
    private(set) var key: [UInt8] = []

    private let table: TableReader
    private let schema: KeySchema
    private let nothing: FieldSelection
    private let keyColumns: [Int]
    private let fields: [(name: String, column: Int, text: FieldText)]
    private let comparesTexts: Bool
    private var isNullKey = false
    private var scratch: [UInt8] = []

    /// Columns of these names, for which ``problem(_:index:fields:)`` knows no problem.
    init(_ names: [String], _ table: TableReader, comparesTexts: Bool) {
        self.table = table
        self.comparesTexts = comparesTexts
        let schema = table.info.schema.key
        self.schema = schema
        nothing = table.select([])
        let keyColumns = schema.columns.map { column in names.firstIndex(of: column.name) ?? 0 }
        self.keyColumns = keyColumns
        fields = names.indices.filter { !keyColumns.contains($0) }.map {
            (names[$0], $0, FieldText(names[$0], of: table))
        }
    }

    /// The reason for which columns of these names cannot be compared with such a table, or nil.
    static func problem(_ names: [String], index: [String], fields: [String]) -> String? {
        for column in index where !names.contains(column) {
            return DiagnosticLog.message(
                found: "the columns \(alternatives(names.map(quoted)))",
                expected: "the index column \(quoted(column)) among them",
                suggestion: nearestWord(to: column, among: names))
        }
        for name in names where names.count(where: { $0 == name }) > 1 {
            return "two columns \(quoted(name))"
        }
        let compared = names.filter { !index.contains($0) }
        for name in compared where !fields.contains(name) {
            return DiagnosticLog.message(
                found: "the column \(quoted(name))",
                expected: "a field of the job: \(alternatives(fields))",
                suggestion: nearestWord(to: name, among: fields))
        }
        return compared.isEmpty ? "only index columns, expected at least one field beside" : nil
    }

    /// Makes ``key`` the row's key.
    ///
    /// - Returns: what keeps it from being a key of the table, or nil. A NULL key is no problem,
    ///   and not in the table.
    mutating func encodeKey(of row: borrowing Row) -> String? {
        key.removeAll(keepingCapacity: true)
        isNullKey = false
        for (part, column) in keyColumns.enumerated() {
            let bytes = row.bytes.span.extracting(row.range(of: column))
            var position = 0
            guard let value = EncodedValueView(in: bytes, at: &position) else { continue }
            switch (value.tag, schema.columns[part].type) {
            case (.null, _): isNullKey = true
            case (.int64, .int64): schema.append(int64: value.int64(in: bytes), to: &key)
            case (.string, .string):
                schema.append(string: bytes.extracting(value.payload), column: part, to: &key)
            case (let tag, let type):
                return "the key column \(quoted(schema.columns[part].name)) is \(tag.type.name) "
                    + "\(ValueText.short(bytes)), expected \(type.name)"
            }
        }
        return nil
    }

    /// Whether the table has the row's key.
    mutating func isInTable() throws(TableError) -> Bool {
        guard !isNullKey else { return false }
        scratch.removeAll(keepingCapacity: true)
        let key = key
        return try table.get(key.span, nothing, into: &scratch)
    }

    /// The field in which the row and the table's record differ, with both values; nil where they
    /// agree.
    func difference(_ row: borrowing Row) throws(TableError) -> String? {
        let key = key
        for index in fields.indices {
            var (name, column, stored) = fields[index]
            var text: [UInt8] = []
            var position = row.range(of: column).lowerBound
            EncodedValue.appendJSON(in: row.bytes.span, at: &position, to: &text)
            _ = try stored.get(key.span, of: table)
            guard !isSame(text.span, stored.value) else { continue }
            return "\(name) of \(schema.json(of: key) ?? "null"): "
                + "\(ExampleText.short(text.span)) in the source, "
                + ExampleText.short(stored.value)
        }
        return nil
    }

    private func isSame(_ source: Span<UInt8>, _ stored: Span<UInt8>) -> Bool {
        guard comparesTexts else { return source.elementsEqual(stored) }
        return source.extracting(Self.text(source)).elementsEqual(
            stored.extracting(Self.text(stored)))
    }

    /// The range of a value's text in its JSON: without quotes, and empty for `null`.
    private static func text(_ value: Span<UInt8>) -> Range<Int> {
        if value.elementsEqual(null.span) { return 0..<0 }
        let isQuoted = value.count >= 2 && value[0] == UInt8(ascii: "\"")
        return isQuoted ? 1..<value.count - 1 : 0..<value.count
    }

    private static let null = Array("null".utf8)
}
