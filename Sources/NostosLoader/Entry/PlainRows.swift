import Nostos

/// The fast path: rows whose key is one int64 and whose values pass by tag alone.
struct PlainRows {
    /// The size of an entry beside its row's values: its header, and the key, which is among them
    /// as a value, by the 8 bytes that it is in an entry.
    static let overhead = EntryHeader.size + 8 - keySize
    /// The size of the key as a value.
    private static let keySize = 9

    /// The generator's ordinal.
    let generator: Int
    /// The key's column.
    let keyColumn: Int
    /// The tags that pass, for each of the source's columns.
    let tags: [TagSet]

    /// Appends the entry of a row; false where it is not plain.
    @inline(__always)
    func append(
        _ values: Span<UInt8>, ends: Span<Int>, to output: inout [UInt8]
    ) -> Bool {
        let tags = tags.span
        var start = 0
        for column in tags.indices {
            guard tags[column].contains(tag: values[start]) else { return false }
            start = ends[column]
        }
        let key = (keyColumn == 0 ? 0 : ends[keyColumn - 1])..<ends[keyColumn]
        // Fields stand in the order of their columns: the payload is the row without its key.
        let header = EntryHeader(
            keySize: 8, generator: generator, payloadSize: values.count - key.count)
        let value = Int64(bitPattern: values.word(at: key.lowerBound + 1))
        let number = KeySchema.number(of: value).byteSwapped
        output.append(addingCapacity: EntryHeader.size + 8 + values.count) { entry in
            entry.append(word: header.word)
            entry.append(word: number)
            entry.append(values.extracting(..<key.lowerBound))
            entry.append(values.extracting(key.upperBound...))
        }
        return true
    }
}
