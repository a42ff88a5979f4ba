import Nostos
import NostosLoader
import Testing

/// All rows of a query, each value as its tag and its JSON: `int64:1`, `string:"a"`, `null`.
func readRows(_ source: any Source, _ query: String) throws -> [[String]] {
    try readRows(try source.open(query: query))
}

/// All rows of a cursor, as above.
func readRows(_ cursor: any RowCursor) throws -> [[String]] {
    var rows: [[String]] = []
    var row = Row()
    while try cursor.next(into: &row) {
        #expect(row.ends.count == cursor.columns.count)
        rows.append(cursor.columns.indices.map { shown(row.bytes, row.range(of: $0)) })
    }
    #expect(try cursor.next(into: &row) == false)
    return rows
}

/// The values of the first row of a query.
func readRow(_ source: any Source, _ query: String) throws -> [String] {
    try #require(try readRows(source, query).first)
}

/// The columns of a query as `name type`, a list's type in brackets.
func readColumns(_ source: any Source, _ query: String) throws -> [String] {
    try source.open(query: query).columns.map { column in
        let type = column.type?.name ?? "?"
        return column.name + " " + (column.isList ? "[\(type)]" : type)
    }
}

/// The error of a query of a source, on opening or on reading.
func failure(_ source: any Source, _ query: String) -> SourceError? {
    #expect(throws: SourceError.self, "\(query)") { try readRows(source, query) }
}

/// The error of a refused query as `line:column reason`.
func refusal(_ source: any Source, _ query: String) -> String {
    guard case .badQuery(_, let reason, let line, let column)? = failure(source, query) else {
        return "not refused"
    }
    let place = line.flatMap { line in column.map { "\(line):\($0) " } } ?? ""
    return place + reason
}

func shown(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    var position = range.lowerBound
    var json: [UInt8] = []
    guard
        let tag = EncodedValue.Tag(rawValue: bytes[position]),
        EncodedValue.appendJSON(in: bytes.span, at: &position, to: &json),
        position == range.upperBound
    else { return "no value: \(bytes[range])" }
    return tag == .null ? "null" : "\(tag):" + String(decoding: json, as: UTF8.self)
}
