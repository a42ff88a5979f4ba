/// Reads one field of one table as the bytes of its JSON text.
public struct FieldText {
    private let selection: FieldSelection
    /// The size of the text before the value in the selection's object: `{"name":`.
    private let labelSize: Int
    private var bytes: [UInt8] = []

    /// The field of that name; a name that the table lacks is null in every record.
    public init(_ name: String, of table: TableReader) {
        selection = table.select([name])
        var label: [UInt8] = []
        JSONText.append(name, to: &label)
        labelSize = label.count + 2
    }

    /// Makes ``value`` the field of the cursor's current record, which belongs to the same table.
    public mutating func read(_ cursor: TableCursor) throws(TableError) {
        bytes.removeAll(keepingCapacity: true)
        try cursor.appendJSON(selection, into: &bytes)
    }

    /// Makes ``value`` the field of the record with that key; false when there is no such record,
    /// and then no value.
    public mutating func get(_ key: Span<UInt8>, of table: TableReader) throws(TableError) -> Bool {
        bytes.removeAll(keepingCapacity: true)
        return try table.get(key, selection, into: &bytes)
    }

    /// The JSON text that was read last.
    public var value: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(labelSize..<bytes.count - 1) }
    }

    /// The same as a string.
    public var text: String { String(decoding: bytes[labelSize..<bytes.count - 1], as: UTF8.self) }
}
