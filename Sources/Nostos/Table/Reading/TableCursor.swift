/// Walks through a table's records in key order.
///
/// A value: each copy goes its own way.
public struct TableCursor {
    let table: TableReader
    /// The group of the next record, and its ordinal there.
    private var groupIndex = 0
    private var rowIndex = 0
    private var group: GroupView?
    /// The current record's row; nil before the first ``next()``.
    private(set) var row: RowPlace?

    /// The current record's encoded key; empty before the first ``next()``.
    public private(set) var key: [UInt8] = []

    /// The group after the last one whose records the cursor returns.
    private let endGroup: Int

    init(_ table: TableReader) {
        self.table = table
        endGroup = table.index.groupCount
    }

    /// A cursor over the records of those groups only.
    init(_ table: TableReader, groups: Range<Int>) {
        self.table = table
        (groupIndex, endGroup) = (groups.lowerBound, groups.upperBound)
    }

    /// Moves before the first record whose key does not sort before `key`.
    public mutating func seek(to key: Span<UInt8>) throws(TableError) {
        do throws(Damage) {
            group = nil
            (groupIndex, rowIndex) = try table.lowerBound(key)
            if table.isWhole { return }
        } catch {
            if table.isWhole { throw table.corrupt(error) }
        }
        do throws(Damage) {
            (groupIndex, rowIndex) = try table.carefully { twin throws(Damage) in
                try twin.lowerBound(key)
            }
        } catch {
            throw table.corrupt(error)
        }
    }

    /// Moves to the next record; false after the last.
    public mutating func next() throws(TableError) -> Bool { try next(in: table) }

    /// Moves to the next record of its table.
    ///
    /// The caller passes the table, which it holds anyway: taken from the cursor it would be
    /// retained for each record, and threads would wait for one another at its count.
    mutating func next(in table: TableReader) throws(TableError) -> Bool {
        let start = (groupIndex, rowIndex)
        do throws(Damage) {
            let isThere = try move(in: table)
            if table.isWhole { return isThere }
        } catch {
            if table.isWhole { throw table.corrupt(error) }
        }
        do throws(Damage) {
            return try table.carefully { twin throws(Damage) in
                ((groupIndex, rowIndex), group) = (start, nil)
                return try move(in: twin)
            }
        } catch {
            throw table.corrupt(error)
        }
    }

    /// Exchanges the current record's key for other bytes, so that it need not be copied to be
    /// kept.
    mutating func exchangeKey(_ other: inout [UInt8]) { swap(&key, &other) }

    private mutating func move(in table: TableReader) throws(Damage) -> Bool {
        while groupIndex < endGroup {
            if group == nil { group = try table.group(groupIndex) }
            if let current = group, rowIndex < current.rowCount {
                key.removeAll(keepingCapacity: true)
                try table.appendKey(of: current, rowIndex, to: &key)
                row = try table.place(of: rowIndex, in: current)
                rowIndex += 1
                return true
            }
            (groupIndex, rowIndex, group) = (groupIndex + 1, 0, nil)
        }
        return false
    }

    /// Appends the selected fields of the current record as a JSON object.
    ///
    /// Must follow a ``next()`` that returned true.
    public func appendJSON(
        _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(TableError) {
        guard let row else { preconditionFailure("no current record") }
        try table.appendJSON(selection, of: row, into: &output)
    }
}
