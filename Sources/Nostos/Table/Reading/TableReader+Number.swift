extension TableReader {
    /// Appends the selected fields of the record whose key is one int64, as a JSON object; false,
    /// and nothing was appended, when there is no such record.
    ///
    /// - Throws: ``TableError``; nothing was appended.
    /// - Complexity: as of ``get(_:_:into:)``, whose key this makes without allocating.
    @inlinable @inline(__always)
    public func get(
        _ number: Int64, _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(TableError) -> Bool {
        let encoded: InlineArray<1, UInt64> = [KeySchema.number(of: number).bigEndian]
        // Unsafe: the bytes of an integer, used during the call only.
        let key = unsafe Span<UInt8>(_bytes: encoded.span.bytes)
        return try get(key, selection, into: &output)
    }
}
