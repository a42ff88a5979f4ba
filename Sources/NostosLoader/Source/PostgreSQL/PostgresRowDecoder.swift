import Nostos

/// Turns the binary values of a row into encoded ones; keeps memory from row to row.
struct PostgresRowDecoder: ~Copyable {
    let columns: [PostgresColumn]
    let types: [PostgresType]
    /// Whether ``CopyStream/appendEntries(of:_:limit:to:)`` knows all of the types.
    let makesEntries: Bool
    private var values: RawRow
    private var encoded: [UInt8] = []
    private var scratch: [UInt8] = []
    /// The first value of the row that cannot be handed over.
    private var failure: PostgresRowError?

    init(columns: [PostgresColumn]) {
        self.columns = columns
        types = columns.map(\.type)
        makesEntries = types.allSatisfy(\.isOfEntries)
        values = RawRow(columnCount: columns.count)
    }

    /// Begins a row, also one whose beginning was read before.
    mutating func beginRow() {
        failure = nil
        values.removeAll()
    }

    /// Ends a row, which takes the place of the one before.
    ///
    /// - Throws: what is wrong with its first value that cannot be handed over; the row is whole,
    ///   with NULL in its place.
    mutating func finishRow(into row: inout Row) throws(PostgresRowError) {
        values.move(to: &row)
        if let failure { throw failure }
    }

    /// Appends NULL.
    mutating func appendNull() {
        values.append(.null)
        values.endColumn()
    }

    /// Appends the value of the column at that ordinal.
    ///
    /// - Throws: when the stream is broken. ``finishRow(into:)`` throws the error of a value.
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>, column: Int) throws(PostgresRowError) {
        if !appendPlain(bytes, types[column]) { try appendAny(bytes, column: column) }
        values.endColumn()
    }

    /// Appends a value of the types that most columns have; false for others, also for values that
    /// are not as they should be.
    @inline(__always)
    private mutating func appendPlain(_ bytes: Span<UInt8>, _ type: PostgresType) -> Bool {
        guard !type.isArray else { return false }
        switch (type.element, bytes.count) {
        case (.text, _): return values.append(ascii: bytes)
        case (.int8, 8): values.append(int64: Int64(bitPattern: bytes.word(at: 0).byteSwapped))
        case (.int4, 4): values.append(int64: Int64(bytes.bigEndian(Int32.self, at: 0)))
        case (.bool, 1): values.append(bytes[0] != 0 ? .true : .false)
        default: return false
        }
        return true
    }

    /// Appends a value of any type.
    private mutating func appendAny(
        _ bytes: Span<UInt8>, column: Int
    ) throws(PostgresRowError) {
        encoded.removeAll(keepingCapacity: true)
        do {
            try types[column].append(bytes, to: &encoded, scratch: &scratch)
        } catch {
            if case .malformed = error { throw .value(column: column, error) }
            if failure == nil { failure = .value(column: column, error) }
            return values.append(.null)
        }
        let value = encoded
        values.append(encoded: value.span)
    }
}
