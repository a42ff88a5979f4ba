/// The differences between two tables of one job: a merge of their keys in one pass.
///
/// ```swift
/// var diff = try TableDiff(from: old, to: new)
/// while let change = try diff.next() {
///     if change == .changed { … diff.key … try diff.values() … }
/// }
/// let summary = diff.summary
/// ```
///
/// Records are compared as readers see them: a record is changed where a field that both tables
/// have shows another JSON text. Those texts are canonical, so that they are equal exactly where
/// the values are; a field that only changes its type, from int64 to number, changes no record.
///
/// - Complexity: O(rows of both tables); memory for one record of each, whatever their sizes.
public struct TableDiff {
    /// The difference at one key.
    public enum Change: String, Codable, Sendable, Hashable {
        /// Both tables have the same record.
        case unchanged
        /// Only the newer table has the key.
        case added
        /// Only the older table has the key.
        case removed
        /// The records differ.
        case changed
    }

    /// The differences of the fields.
    public let schema: SchemaDiff
    /// The key of the last change, as ``KeySchema`` encodes it; empty before the first.
    public var key: [UInt8] { last == .added ? new.cursor.key : old.cursor.key }

    private var old: DiffSide
    private var new: DiffSide
    private let hasSameForm: Bool
    private var last: Change?
    private var counts = DiffCounts()
    private var fields: [DiffField]

    /// Two tables before their first keys.
    ///
    /// - Parameters:
    ///   - old: the table that the changes start from.
    ///   - new: the table that they lead to.
    ///   - countsFields: whether the changes of each field are counted; without it a changed record
    ///     costs less.
    /// - Throws: ``DiffError/keysDiffer(from:to:)`` where the tables have other key columns.
    public init(
        from old: TableReader, to new: TableReader, countsFields: Bool = true
    ) throws(DiffError) {
        let (before, after) = (old.info.schema, new.info.schema)
        guard before.key == after.key else {
            throw .keysDiffer(from: before.key, to: after.key)
        }
        schema = SchemaDiff(from: before, to: after)
        let olds = Set(before.fields.map(\.name))
        let common = after.fields.map(\.name).filter(olds.contains)
        fields = countsFields ? common.map { DiffField(name: $0, old, new) } : []
        self.old = DiffSide(old, common)
        self.new = DiffSide(new, common)
        do throws(TableError) { hasSameForm = try old.hasSameRowForm(as: new) } catch {
            throw .table(error)
        }
    }

    /// Moves to the next key of either table, in key order; nil after the last.
    public mutating func next() throws(TableError) -> Change? {
        if last != .added { try old.advance() }
        if last != .removed { try new.advance() }
        let change: Change
        switch (old.isAtEnd, new.isAtEnd) {
        case (true, true): return nil
        case (false, true): change = .removed
        case (true, false): change = .added
        case (false, false):
            if old.cursor.key.span.elementsEqual(new.cursor.key.span) {
                change = try hasSameRecord() ? .unchanged : .changed
            } else {
                change = old.cursor.key.span.precedes(new.cursor.key.span) ? .removed : .added
            }
        }
        counts.count(change)
        if change == .changed {
            for index in fields.indices { try fields[index].count(old.cursor, new.cursor) }
        }
        last = change
        return change
    }

    /// The fields of a changed record whose values differ, with both values.
    ///
    /// Empty unless fields are counted, and unless the last change was ``Change/changed``.
    public mutating func values() throws(TableError) -> [ValueChange] {
        guard last == .changed else { return [] }
        var changes: [ValueChange] = []
        for index in fields.indices {
            if let change = try fields[index].change(old.cursor, new.cursor) {
                changes.append(change)
            }
        }
        return changes
    }

    /// The differences so far; of the whole tables once ``next()`` has returned nil.
    public var summary: DiffSummary {
        DiffSummary(
            added: counts.added, removed: counts.removed, changed: counts.changed,
            unchanged: counts.unchanged, fields: fields.map(\.counts), schema: schema)
    }

    private mutating func hasSameRecord() throws(TableError) -> Bool {
        if hasSameForm, old.cursor.hasSameRow(as: new.cursor) { return true }
        try old.read()
        try new.read()
        return old.text.span.elementsEqual(new.text.span)
    }
}

/// One of the two tables, and where the merge stands in it.
private struct DiffSide {
    var cursor: TableCursor
    private(set) var isAtEnd = false
    private let common: FieldSelection
    /// The fields that both tables have, as JSON, of the record that was read last.
    private(set) var text: [UInt8] = []

    init(_ table: TableReader, _ common: [String]) {
        cursor = table.makeCursor()
        self.common = table.select(common)
    }

    mutating func advance() throws(TableError) {
        if !isAtEnd { isAtEnd = try !cursor.next() }
    }

    mutating func read() throws(TableError) {
        text.removeAll(keepingCapacity: true)
        try cursor.appendJSON(common, into: &text)
    }
}

private struct DiffCounts {
    var (added, removed, changed, unchanged) = (0, 0, 0, 0)

    mutating func count(_ change: TableDiff.Change) {
        switch change {
        case .added: added += 1
        case .removed: removed += 1
        case .changed: changed += 1
        case .unchanged: unchanged += 1
        }
    }
}

extension TableReader {
    /// Whether rows of the same bytes are records of the same fields and values in both tables:
    /// a row's meaning is its fields' names, types and layouts, and the words and dictionaries to
    /// which its codes lead.
    ///
    /// Rows of other bytes may have the same values all the same.
    fileprivate func hasSameRowForm(as other: TableReader) throws(TableError) -> Bool {
        guard info.schema.fields == other.info.schema.fields,
            decoding.fields == other.decoding.fields
        else { return false }
        // Their pages are verified here: a damaged one must not pass for a match.
        try prepare()
        try other.prepare()
        let range = other.footer.range(of: .vocabularies)
        return other.bytes.withSpan(range) { words in
            bytes.compare(footer.range(of: .vocabularies), with: words) == 0
        }
    }
}

extension TableCursor {
    /// Whether the current rows of both cursors have the same bytes.
    fileprivate func hasSameRow(as other: TableCursor) -> Bool {
        guard let row, let second = other.row, row.size == second.size else { return false }
        return other.table.bytes.withSpan(second.offset..<second.offset + second.size) { bytes in
            table.bytes.compare(row.offset..<row.offset + row.size, with: bytes) == 0
        }
    }
}
