import Nostos

extension MergedEntries {
    /// Begins a record with the current entry's key.
    @inline(__always)
    func beginRecord(on pile: inout RecordPile) { pile.begin(keyRange, of: bytes) }

    /// Appends the current entry's payload.
    @inline(__always)
    func appendPayload(to pile: inout RecordPile) { pile.bytes.append(payloadRange, of: bytes) }

    /// Adds a value, a part of ``bytes``, to a field's.
    @inline(__always)
    func add(
        _ value: Range<Int>, to collectors: inout FieldCollectors, _ field: Int
    ) throws(CollectorProblem) {
        try collectors.add(value, of: bytes, to: field)
    }
}
