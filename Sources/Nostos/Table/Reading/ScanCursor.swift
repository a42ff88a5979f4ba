/// Walks through a table's records, or through a sample of its groups, in key order.
///
/// The records can be read as typed values or as JSON.
///
/// The key is decoded only when it is asked for. A value: each copy goes its own way, and any
/// number of them may be used on as many threads.
public struct ScanCursor {
    private let table: TableReader
    private let sample: GroupSample
    /// The most records that are given.
    private let limit: Int
    /// The place of the next record's group in the sample, and the record's ordinal in its group.
    private var groupIndex = 0
    private var rowIndex = 0
    private var group: GroupView?
    private var row: RowPlace?
    private var scratch = ValueScratch()
    private var buffer = EncodedRecord()
    /// The records that were given so far.
    public private(set) var count = 0

    init(_ table: TableReader, _ sample: GroupSample, limit: Int = .max) {
        (self.table, self.sample, self.limit) = (table, sample, limit)
    }

    /// Moves before the first of the cursor's records whose key does not sort before `key`.
    ///
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; the cursor is then as before.
    public mutating func seek(to key: Span<UInt8>) throws(TableError) {
        let place: (ordinal: Int, row: Int)
        do throws(Damage) {
            place = try table.believed { table throws(Damage) in try table.lowerBound(key) }
        } catch {
            throw table.corrupt(error)
        }
        groupIndex = sample.firstIndex(from: place.ordinal)
        let isThere = groupIndex < sample.count && sample[groupIndex] == place.ordinal
        (rowIndex, group, row) = (isThere ? place.row : 0, nil, nil)
    }

    /// Moves to the next record; false behind the last.
    ///
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; the cursor is then of no use but
    ///   for ``seek(to:)``.
    public mutating func next() throws(TableError) -> Bool {
        guard count < limit else { return false }
        let start = (groupIndex, rowIndex)
        do throws(Damage) {
            let isThere = try move(in: table)
            if table.isWhole { return isThere }
        } catch {
            if table.isWhole { throw table.corrupt(error) }
        }
        do throws(Damage) {
            let before = count
            return try table.carefully { twin throws(Damage) in
                ((groupIndex, rowIndex), group, count) = (start, nil, before)
                return try move(in: twin)
            }
        } catch {
            throw table.corrupt(error)
        }
    }

    private mutating func move(in table: TableReader) throws(Damage) -> Bool {
        while groupIndex < sample.count {
            if group == nil { group = try table.group(sample[groupIndex]) }
            if let current = group, rowIndex < current.rowCount {
                row = try table.place(of: rowIndex, in: current)
                rowIndex += 1
                count += 1
                return true
            }
            (groupIndex, rowIndex, group) = (groupIndex + 1, 0, nil)
        }
        return false
    }

    /// Appends the current record's encoded key.
    ///
    /// Must follow a ``next()`` that gave true.
    ///
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; `key` is as before.
    public func appendKey(to key: inout [UInt8]) throws(TableError) {
        guard let group, rowIndex > 0 else { preconditionFailure("no current record") }
        let start = key.count
        do throws(Damage) {
            try table.appendKey(of: group, rowIndex - 1, to: &key)
            if table.isWhole { return }
        } catch {
            key.removeLast(key.count - start)
            if table.isWhole { throw table.corrupt(error) }
        }
        do throws(Damage) {
            try table.carefully { twin throws(Damage) in
                key.removeLast(key.count - start)
                let group = try twin.group(sample[groupIndex])
                try twin.appendKey(of: group, rowIndex - 1, to: &key)
            }
        } catch {
            key.removeLast(key.count - start)
            throw table.corrupt(error)
        }
    }

    /// Visits the selected fields of the current record.
    ///
    /// Must follow a ``next()`` that gave true.
    ///
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``, the same as reading the record
    /// as
    ///   JSON; what the visitor holds is then void.
    public mutating func visit<Visitor: ValueVisitor>(
        _ selection: ValueSelection, with visitor: inout Visitor
    ) throws(TableError) {
        guard let row else { preconditionFailure("no current record") }
        try table.visit(row, selection, with: &visitor, &scratch, &buffer)
    }

    /// Appends the selected fields of the current record as a JSON object.
    ///
    /// Must follow a ``next()`` that gave true.
    ///
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; `output` is as before.
    public func appendJSON(
        _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(TableError) {
        guard let row else { preconditionFailure("no current record") }
        try table.appendJSON(selection, of: row, into: &output)
    }
}

/// A number of groups of a table, as evenly spaced as can be.
struct GroupSample {
    /// The groups to choose from, and the number of those that are chosen, at most all.
    let groups: Range<Int>
    let count: Int

    /// The ordinal of the chosen group at that index: the one in the middle of its share.
    subscript(index: Int) -> Int {
        groups.lowerBound + (2 * index + 1) * groups.count / (2 * count)
    }

    /// The index of the first chosen group whose ordinal is at least `ordinal`.
    func firstIndex(from ordinal: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < ordinal { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension TableReader {
    /// A cursor before the first record.
    public func scan() -> ScanCursor {
        ScanCursor(self, GroupSample(groups: 0..<index.groupCount, count: index.groupCount))
    }

    /// A cursor through one of `count` parts of about the same size, for as many threads.
    ///
    /// The parts together have every record once.
    ///
    /// - Parameters:
    ///   - part: the part's ordinal, below `count`.
    ///   - count: 1 or more.
    /// - Returns: the cursor, before its first record.
    public func scan(part: Int, of count: Int) -> ScanCursor {
        precondition(count > 0 && part >= 0 && part < count)
        let total = index.groupCount
        let groups = total * part / count..<total * (part + 1) / count
        return ScanCursor(self, GroupSample(groups: groups, count: groups.count))
    }

    /// A cursor through evenly spaced groups of the table, with `count` records together at most.
    ///
    /// It gives all records where there are no more than that. Each group has up to 255 records,
    /// usually 64, which are neighbours in the order of the keys.
    ///
    /// - Parameter count: 0 or more.
    /// - Returns: the cursor, before its first record.
    /// - Complexity: O(1).
    public func scan(sampleOf count: Int) -> ScanCursor {
        let total = index.groupCount
        guard count < info.rowCount else { return scan() }
        let share = Double(max(0, count)) / Double(info.rowCount)
        let chosen = min(total, max(count > 0 ? 1 : 0, Int(share * Double(total))))
        return ScanCursor(
            self, GroupSample(groups: 0..<total, count: chosen), limit: max(0, count))
    }
}
