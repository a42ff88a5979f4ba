import Nostos

/// The rows of a query, read as the job's `columns` state.
///
/// A database has fewer types than a job: SQLite has none for what a query computes, and JSON,
/// times and Booleans lie in columns of text everywhere. A text, and 0 and 1 for a Boolean, becomes
/// a value of the stated type where it can be read as one; any other value stays as it is, and its
/// ``ColumnGate`` refuses it with the row's key.
final class ContractCursor: RowCursor {
    let columns: [SourceColumn]
    var warnings: [String] { rows.warnings }
    private let rows: any RowCursor
    private let readers: [ValueReader?]
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// A cursor over the rows of another one; `readers` has one for each column that needs one.
    init(_ rows: any RowCursor, _ readers: [ValueReader?]) {
        (self.rows, self.readers) = (rows, readers)
        columns = zip(rows.columns, readers).map { $1?.column($0) ?? $0 }
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        guard try rows.next(into: &row) else { return false }
        if needsReading(row) { read(&row) }
        return true
    }

    private func needsReading(_ row: borrowing Row) -> Bool {
        var start = 0
        for (reader, end) in zip(readers, row.ends) {
            if let reader, !reader.passing.contains(tag: row.bytes[start]) { return true }
            start = end
        }
        return false
    }

    private func read(_ row: inout Row) {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        var start = 0
        for (reader, end) in zip(readers, row.ends) {
            let value = row.bytes.span.extracting(start..<end)
            if let reader {
                reader.append(value, to: &bytes)
            } else {
                bytes.append(value)
            }
            ends.append(bytes.count)
            start = end
        }
        swap(&bytes, &row.bytes)
        swap(&ends, &row.ends)
    }
}

extension GeneratorSpec {
    /// The types that the job states for columns, by the source's names.
    var statedTypes: [String: ValueType] {
        var types: [String: ValueType] = [:]
        for column in columns {
            types[column.name] = column.separator == nil ? column.type : .string
        }
        return types
    }

    /// The rows of a query as the job's `columns` state them; the same rows where they do already.
    func reading(_ rows: any RowCursor) -> any RowCursor {
        let readers = rows.columns.map(reader(of:))
        return readers.contains { $0 != nil } ? ContractCursor(rows, readers) : rows
    }

    /// The columns of a query's rows as the job's `columns` state them.
    func reading(_ sourceColumns: [SourceColumn]) -> [SourceColumn] {
        sourceColumns.map { reader(of: $0)?.column($0) ?? $0 }
    }

    private func reader(of column: SourceColumn) -> ValueReader? {
        columns.first { $0.name == column.name }.flatMap { ValueReader($0, column) }
    }

    /// The columns that a program has by what the job states: those that `only` names, or else the
    /// index columns and those of `columns`; empty where it states neither.
    func promisedColumns(of indexColumns: [String]) -> [SourceColumn] {
        guard case .command(let command) = kind else { return [] }
        let contract = TextContract(keys: indexColumns, columns: columns, options: command.options)
        guard contract.namesColumns else { return [] }
        return contract.statedNames.map { name in
            SourceColumn(
                name: name, type: contract.column(name)?.type,
                isList: contract.column(name)?.separator != nil)
        }
    }
}
