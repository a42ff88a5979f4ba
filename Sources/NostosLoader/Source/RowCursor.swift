public import Nostos

/// One column of a source's rows.
public struct SourceColumn: Sendable, Hashable {
    /// The name as the source reports it; two columns of one query may have the same.
    public let name: String
    /// The type that the source declares, or nil where only the values decide; of a list, the
    /// elements' type.
    ///
    /// PostgreSQL keeps its word. SQLite's declared types are hints: a value that does not fit
    /// comes as what it is stored as.
    public let type: ValueType?
    /// Whether the values are lists: a PostgreSQL array.
    public let isList: Bool
    /// Whether every value is of the declared type; false where the declaration is a hint.
    public let isExact: Bool

    /// A column of that name and declared type.
    public init(name: String, type: ValueType?, isList: Bool = false, isExact: Bool = true) {
        self.name = name
        self.type = type
        self.isList = isList
        self.isExact = isExact
    }
}

/// One row in encoded form; reused from row to row, so that reading allocates nothing.
public struct Row: Sendable {
    /// The encoded values of all columns, one after another.
    public var bytes: [UInt8] = []
    /// The offsets in `bytes` at which the columns' values end.
    public var ends: [Int] = []

    /// An empty row.
    public init() {}

    /// Empties the row and keeps its memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Ends a column with NULL instead of what was appended for it.
    mutating func appendNull(insteadOfColumn column: Int) {
        bytes.removeSubrange((column == 0 ? 0 : ends[column - 1])...)
        EncodedValue.appendNull(to: &bytes)
        ends.append(bytes.count)
    }

    /// The range in `bytes` of the value of the column at that ordinal.
    public func range(of column: Int) -> Range<Int> {
        (column == 0 ? 0 : ends[column - 1])..<ends[column]
    }
}

/// The rows of one query, file or program, one after another.
///
/// Not thread-safe. Ends and frees what it holds when it is released, also in mid-stream.
public protocol RowCursor: AnyObject {
    /// The columns from left to right, known before the first row.
    var columns: [SourceColumn] { get }

    /// Warnings about the rows so far, in the order in which they came up: what was guessed of
    /// their types, with a value, its line, and the remedy.
    var warnings: [String] { get }

    /// Replaces `row` by the next row; false when there is none, and ever after.
    ///
    /// - Throws: ``SourceError``; the cursor is then at its end. With a bad value, `row` is its row
    ///   with NULL in its place, so that its key can be reported; otherwise it is empty.
    func next(into row: inout Row) throws(SourceError) -> Bool
}

extension RowCursor {
    /// No warnings: a source that guesses nothing.
    public var warnings: [String] { [] }
}
