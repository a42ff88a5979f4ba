extension LocalCatalog {
    /// The records of those keys, in their order, all of one version.
    ///
    /// - Complexity: O(keys · log rows).
    public func records(
        of job: JobReference, keys: [String], fields: [String]?
    ) throws -> (version: Int, records: [FoundRecord]) {
        let (version, table) = try table(of: job)
        let selection = try Self.selection(of: table, fields)
        let schema = table.info.schema.key
        let records = try keys.map { text in
            let key = try schema.encode(text: text)
            var values: [UInt8] = []
            let isFound = try table.get(key.span, selection, into: &values)
            return FoundRecord(
                key: schema.json(of: key) ?? "null",
                values: isFound ? String(decoding: values, as: UTF8.self) : nil)
        }
        return (version.number, records)
    }

    /// Calls `write` with lines of JSON, one for each record in key order, all of one version.
    ///
    /// The lines come in pieces of about 64 KiB.
    public func scan(
        _ job: JobReference, _ range: ScanRange, fields: [String]?, print write: ([UInt8]) -> Void
    ) throws {
        let (_, table) = try table(of: job)
        let selection = try Self.selection(of: table, fields)
        let schema = table.info.schema.key
        let (prefix, from, to) = try range.bounds(schema)
        var cursor = table.makeCursor()
        let start = from.map { $0.span.precedes(prefix.span) ? prefix : $0 } ?? prefix
        try cursor.seek(to: start.span)
        var buffer: [UInt8] = []
        var count = 0
        while count < range.limit, try cursor.next() {
            if let to, !cursor.key.span.precedes(to.span) { break }
            guard cursor.key.starts(with: prefix) else { break }
            buffer += Array("{\"key\":\(schema.json(of: cursor.key) ?? "null"),\"values\":".utf8)
            try cursor.appendJSON(selection, into: &buffer)
            buffer += Array("}\n".utf8)
            count += 1
            if buffer.count > 1 << 16 {
                write(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        write(buffer)
    }

    private static func selection(
        of table: TableReader, _ names: [String]?
    ) throws(RecordRequestError) -> FieldSelection {
        try RecordRequestError.check(fields: names, known: table.info.schema.fields.map(\.name))
        return table.select(names)
    }
}
