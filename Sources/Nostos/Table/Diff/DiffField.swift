/// The changes of one field between two tables, among the keys that both have.
public struct FieldDiff: Codable, Sendable, Hashable {
    /// The field's name.
    public let name: String
    /// Records in which it differs: those of ``added``, those of ``removed``, and those with
    /// another value.
    public internal(set) var changed = 0
    /// Of these, records in which it was null and has a value now.
    public internal(set) var added = 0
    /// Of these, records in which it had a value and is null now.
    public internal(set) var removed = 0

    /// A field of which no change was seen.
    init(name: String) { self.name = name }
}

/// One field of one record in two tables that differ in it; both values as JSON texts.
public struct ValueChange: Sendable, Hashable {
    /// The field's name.
    public let name: String
    /// The older table's value.
    public let from: String
    /// The newer table's value.
    public let to: String
}

/// Compares one field of two tables, record by record.
struct DiffField {
    private(set) var counts: FieldDiff
    private var old: FieldText
    private var new: FieldText
    private static let null = Array("null".utf8)

    init(name: String, _ old: TableReader, _ new: TableReader) {
        counts = FieldDiff(name: name)
        self.old = FieldText(name, of: old)
        self.new = FieldText(name, of: new)
    }

    /// Counts what became of the field in a record that both cursors stand on.
    mutating func count(_ before: TableCursor, _ after: TableCursor) throws(TableError) {
        try read(before, after)
        guard !old.value.elementsEqual(new.value) else { return }
        counts.changed += 1
        if old.value.elementsEqual(Self.null.span) { counts.added += 1 }
        if new.value.elementsEqual(Self.null.span) { counts.removed += 1 }
    }

    /// Both values, where they differ.
    mutating func change(
        _ before: TableCursor, _ after: TableCursor
    ) throws(TableError) -> ValueChange? {
        try read(before, after)
        guard !old.value.elementsEqual(new.value) else { return nil }
        return ValueChange(name: counts.name, from: old.text, to: new.text)
    }

    private mutating func read(
        _ before: TableCursor, _ after: TableCursor
    ) throws(TableError) {
        try old.read(before)
        try new.read(after)
    }
}
