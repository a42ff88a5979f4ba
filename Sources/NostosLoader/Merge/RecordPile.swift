import Nostos

/// Records one after the other, each with its key before it.
///
/// The merge makes them where they stay until the table has them.
///
///     8 bytes  the key's size
///     8 bytes  the record's size
///              the key
///              the record
struct RecordPile: ~Copyable {
    /// At this size it is to be handed on, in bytes.
    private static let size = 256 << 10
    private static let headerSize = 16

    /// All keys and records, and what is made of the next one.
    var bytes = GrowingMemory<UInt8>()
    /// The offset at which the last key begins, with its record after it.
    private var keyStart = 0
    private(set) var recordStart = 0

    var isFull: Bool { bytes.count >= Self.size }

    /// The last record's key, also while the record is being made.
    var key: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(keyStart..<recordStart) }
    }

    /// The last record, also while it is being made.
    var record: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(recordStart...) }
    }

    /// Begins a record with its key, a part of a span.
    @inline(__always)
    mutating func begin(_ key: Range<Int>, of entries: Span<UInt8>) {
        bytes.append(number: key.count)
        bytes.append(number: 0)
        keyStart = bytes.count
        bytes.append(key, of: entries)
        recordStart = bytes.count
    }

    /// Ends the record that was begun.
    @inline(__always)
    mutating func end() {
        bytes.put(bytes.count - recordStart, at: keyStart - Self.headerSize / 2)
    }

    /// Shows a value of a field, a part of the pile's bytes, to the profile.
    func show(_ value: Range<Int>, of field: Int, to profile: inout TableProfile) {
        profile.observe(bytes.span.extracting(value), field: field)
    }

    /// Forgets the record that was begun.
    mutating func cancel() { bytes.removeAll(from: keyStart - Self.headerSize) }

    /// Appends all records to a table.
    func write(to writer: TableWriter) throws(TableError) {
        var start = 0
        while start < bytes.count {
            let key = start + Self.headerSize
            let record = key + bytes.number(at: start)
            let end = record + bytes.number(at: start + Self.headerSize / 2)
            try writer.append(
                key: bytes.span.extracting(key..<record),
                record: bytes.span.extracting(record..<end))
            start = end
        }
    }

    /// Forgets all; memory that large records took goes.
    mutating func removeAll() {
        if bytes.capacity > 4 * Self.size { bytes = GrowingMemory() }
        bytes.removeAll()
        (keyStart, recordStart) = (0, 0)
    }
}
