public import SystemPackage

/// Writes one table: records in ascending key order in, one durable read-only file out.
///
/// Memory is bounded but for 16 bytes a group, the separators of groups whose keys are bytes, and
/// 8 bytes a page of the file.
public final class TableWriter {
    private let sink: any TableSink
    // One access a call, see docs/design.md, "A class around a structure".
    private var state: TableWriterState

    /// Begins a table in a new file.
    ///
    /// - Parameters:
    ///   - path: must not exist.
    ///   - schema: the key and the fields of all records.
    ///   - profile: the observations about the values; decides the encodings.
    ///   - job: with `version` the seed of the checksums.
    ///   - version: see `job`.
    ///   - options: the sizes of the table's parts.
    /// - Throws: ``TableError/io(file:operation:_:)``; no file is left behind.
    public convenience init(
        creating path: FilePath, schema: Schema, profile: TableProfile, job: String, version: Int,
        options: TableOptions = TableOptions()
    ) throws(TableError) {
        let sink: FileSink
        do throws(Errno) {
            sink = try FileSink(creating: path)
        } catch {
            throw .io(file: path, operation: "create", error)
        }
        try self.init(
            to: sink, named: path, schema: schema, profile: profile, job: job, version: version,
            options: options)
    }

    /// Begins a table in any sink; `named` is its name in errors.
    public init(
        to sink: any TableSink, named file: FilePath, schema: Schema, profile: TableProfile,
        job: String, version: Int, options: TableOptions = TableOptions()
    ) throws(TableError) {
        self.sink = sink
        state = try TableWriterState(
            to: sink, named: file, schema: schema, profile: profile, job: job, version: version,
            options: options)
    }

    /// Appends one record.
    ///
    /// - Parameters:
    ///   - key: 0 to ``KeySchema/maxSize`` bytes, sorting strictly after every key before
    ///     (`memcmp` order, a prefix before its extensions).
    ///   - record: one encoded value for each field of the schema, in its order.
    /// - Throws: ``TableError/unsorted(file:row:)``, or ``TableError/badRecord(file:row:detail:)``
    ///   for this very key: nothing was appended and the writer can go on.
    ///   ``TableError/badRecord(file:row:detail:)`` for the record of this row or of one before it,
    ///   since records are encoded a batch at a time, by two threads; or
    ///   ``TableError/io(file:operation:_:)``: the writer can only be abandoned.
    /// - Complexity: O(bytes), plus one write for every 256 KiB.
    public func append(key: Span<UInt8>, record: Span<UInt8>) throws(TableError) {
        try state.append(key: key, record: record)
    }

    /// Writes what remains, makes the file durable and read-only, and closes it.
    ///
    /// - Throws: ``TableError/io(file:operation:_:)``, or
    ///   ``TableError/badRecord(file:row:detail:)`` for a row that was appended; call ``abandon()``
    ///   then.
    public func finish(provenance: Provenance = Provenance()) throws(TableError) -> TableSummary {
        try state.finish(provenance: provenance)
    }

    /// Closes and deletes the unfinished file.
    public func abandon() { sink.abandon() }
}
