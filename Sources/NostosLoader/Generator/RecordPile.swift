import Nostos

/// Records one behind the other, each with its key before it.
///
/// The merge makes them where they stay until the table has them.
struct RecordPile {
    /// At this size it is to be handed on, in bytes.
    private static let size = 256 << 10

    /// All keys and records, and what is made of the next one.
    var bytes: [UInt8] = []
    /// Where each key and each record ends.
    private var ends: [Int] = []
    /// Where the last key begins, and its record.
    private var keyStart = 0
    private(set) var recordStart = 0

    var isFull: Bool { bytes.count >= Self.size }

    /// The last record's key, also while the record is being made.
    var key: Span<UInt8> {
        @_lifetime(borrow self) @inline(__always) get {
            bytes.span.extracting(keyStart..<recordStart)
        }
    }

    /// The last record.
    var record: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(recordStart...) }
    }

    /// Begins a record with its key.
    mutating func begin(_ key: Span<UInt8>) {
        keyStart = bytes.count
        bytes.append(key)
        recordStart = bytes.count
    }

    /// Ends the record that was begun.
    mutating func end() {
        ends.append(recordStart)
        ends.append(bytes.count)
    }

    /// Forgets the record that was begun.
    mutating func cancel() { bytes.removeSubrange(keyStart...) }

    /// Appends all records to a table.
    func write(to writer: TableWriter) throws(TableError) {
        var start = 0
        for index in stride(from: 0, to: ends.count, by: 2) {
            let (middle, end) = (ends[index], ends[index + 1])
            try writer.append(
                key: bytes.span.extracting(start..<middle),
                record: bytes.span.extracting(middle..<end))
            start = end
        }
    }

    /// Forgets all; memory that large records took goes.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 4 * Self.size)
        ends.removeAll(keepingCapacity: true)
        (keyStart, recordStart) = (0, 0)
    }
}
