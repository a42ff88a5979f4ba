import Nostos
import Testing

@testable import NostosLoader

/// Reads a text as a generator would, for tests.
struct ReadText {
    var format = RowFormat.csv
    var contract = TextContract(keys: ["id"])
    var pieceSize = Int.max

    /// The columns as `name type`, a list's type in brackets, and the rows.
    func callAsFunction(_ text: String) throws -> (columns: [String], rows: [[String]]) {
        try callAsFunction(Array(text.utf8))
    }

    /// The same of bytes, which may be no text.
    func callAsFunction(_ bytes: [UInt8]) throws -> (columns: [String], rows: [[String]]) {
        let cursor = try TextRows.open(
            PieceInput(PieceInput.cut(bytes, size: pieceSize)), format, source: "text",
            contract: contract)
        var rows: [[String]] = []
        var row = Row()
        while try cursor.next(into: &row) {
            #expect(row.ends.count == cursor.columns.count)
            rows.append(cursor.columns.indices.map { shown(row.bytes, row.range(of: $0)) })
        }
        #expect(try cursor.next(into: &row) == false)
        let columns = cursor.columns.map { column in
            let type = column.type?.name ?? "?"
            return column.name + " " + (column.isList ? "[\(type)]" : type)
        }
        return (columns, rows)
    }

    /// The warnings about a text, once all of it is read.
    func warnings(_ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        let cursor = try TextRows.open(
            PieceInput(PieceInput.cut(bytes, size: pieceSize)), format, source: "text",
            contract: contract)
        var row = Row()
        while try cursor.next(into: &row) {}
        return cursor.warnings
    }

    /// The error of a text: `line/row reason`.
    func error(_ text: String) -> String { error(Array(text.utf8)) }

    /// The same of bytes, which may be no text.
    func error(_ bytes: [UInt8]) -> String {
        do {
            _ = try callAsFunction(bytes)
            return "nothing is wrong"
        } catch SourceError.badInput("text", let line, let row, let reason) {
            return "\(line.map(String.init) ?? "-")/\(row.map(String.init) ?? "-") \(reason)"
        } catch {
            return "\(error)"
        }
    }
}

/// A contract for one column.
func contract(
    _ name: String, _ type: ValueType? = nil, as alias: String? = nil, split: String? = nil,
    nulls: [String]? = nil
) -> ColumnContract {
    ColumnContract(
        name: name, as: alias, type: type, split: split, nulls: nulls,
        mark: TextMark(line: 1, column: 1))
}
