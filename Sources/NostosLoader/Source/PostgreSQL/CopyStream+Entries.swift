import Nostos

// Plain rows become entries where they lie: nothing is between the connection's bytes and the
// batch's. Entries are described in `Entry.swift`, their values in `EncodedValue.swift`.

extension CopyStream {
    /// The size of the rows that become entries at once, so that a batch's memory does not grow;
    /// larger rows take the slow path.
    private static let mostAtOnce = 64 << 10

    /// Appends the entries of the next rows, up to the first one that is not plain or not whole.
    ///
    /// - Parameters:
    ///   - plain: what plain rows are like.
    ///   - types: the columns', all of them with ``PostgresType/isOfEntries``.
    ///   - limit: the most rows to take.
    ///   - output: gets the entries; a full batch takes none.
    /// - Returns: how many rows were taken.
    mutating func appendEntries(
        of plain: PlainRows, _ types: [PostgresType], limit: Int, to output: inout [UInt8]
    ) -> Int {
        let room = EntryBatch.size - output.count
        guard isAmongRows, bytes.count > 0, room > 0 else { return 0 }
        var (rowCount, used) = (0, 0)
        // Twice the size of the rows suffices: see `CopyEntryWriter`.
        let size = min(bytes.count, Self.mostAtOnce)
        output.append(addingCapacity: 2 * size + CopyEntryWriter.slack) { span in
            unsafe span.withUnsafeMutableBufferPointer { target, count in
                guard let start = UnsafeMutableRawPointer(target.baseAddress) else { return }
                unsafe bytes.withBytes(size) { source in
                    while rowCount < limit, count < room {
                        var writer = unsafe CopyEntryWriter(source, at: used, to: start + count)
                        guard writer.append(plain, types.span) else { break }
                        rowCount += 1
                        used = writer.position
                        count += writer.size
                    }
                }
            }
        }
        skip(used)
        return rowCount
    }
}

extension PostgresType {
    /// Whether ``CopyEntryWriter`` knows the type.
    var isOfEntries: Bool {
        guard !isArray else { return false }
        switch element {
        case .bool, .int2, .int4, .int8, .float8, .text, .timestamp: return true
        default: return false
        }
    }
}
