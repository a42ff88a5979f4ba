import Nostos

extension RemoteCatalog {
    /// The key and the fields of one version, as its server tells them.
    private struct TableSchema: Decodable {
        struct Column: Decodable {
            let name: String
            let type: String
        }
        let version: Int
        let key: [Column]
        let fields: [Column]

        /// The key's schema; nil where a newer Nostos has types that are unknown here.
        var keySchema: KeySchema? {
            let types = [KeyType.int64, .string]
            let columns = key.compactMap { column in
                types.first { $0.name == column.type }.map {
                    KeyColumn(name: column.name, type: $0)
                }
            }
            guard columns.count == key.count, (1...KeySchema.maxColumnCount).contains(key.count)
            else { return nil }
            return KeySchema(columns: columns)
        }
    }

    func records(
        of job: JobReference, keys: [String], fields: [String]?
    ) throws -> (version: Int, records: [FoundRecord]) {
        let (table, schema) = try schema(of: job, fields)
        // What is no key is refused before anything is asked for.
        let encoded = try keys.map { text in try schema.encode(text: text) }
        let base = "/v1/jobs/\(job.job)/versions/\(table.version)/keys/"
        let query = Self.fieldQuery(fields).map { "?\($0)" } ?? ""
        let records = try zip(keys, encoded).map { text, key in
            let answer = try exchange(
                HTTPExchange.Request(path: base + schema.urlText(text) + query))
            let shown = schema.json(of: key) ?? "null"
            if answer.status == 404, isMissingKey(answer) {
                return FoundRecord(key: shown, values: nil)
            }
            guard answer.status == 200 else { throw failure(answer) }
            guard let values = JSONMembers(answer.body)?["values"] else {
                throw unreadable(ExchangeError.closed)
            }
            return FoundRecord(key: shown, values: values)
        }
        return (table.version, records)
    }

    func scan(
        _ job: JobReference, _ range: ScanRange, fields: [String]?, print: ([UInt8]) -> Void
    ) throws {
        let (table, schema) = try schema(of: job, fields)
        _ = try range.bounds(schema)
        let base = "/v1/jobs/\(job.job)/versions/\(table.version)/rows?"
        let fixed = [
            range.prefix.map { "prefix=\(schema.urlText($0))" },
            range.from.map { "from=\(schema.urlText($0))" },
            range.to.map { "to=\(schema.urlText($0))" }, Self.fieldQuery(fields),
        ].compactMap { $0 }
        var left = range.limit
        var cursor: String?
        while left > 0 {
            let parts =
                fixed + ["limit=\(min(left, Self.maxPageSize))"]
                + (cursor.map { ["cursor=\($0.percentEncoded)"] } ?? [])
            let answer = try get(base + parts.joined(separator: "&"))
            guard let page = JSONMembers(answer.body), let rows = page.elements("rows") else {
                throw unreadable(ExchangeError.closed)
            }
            print(rows.reduce(into: []) { $0 += Array("\($1)\n".utf8) })
            left -= rows.count
            // A cursor is base64 in quotes: nothing in it is escaped.
            guard let next = page["next"], next.hasPrefix("\""), !rows.isEmpty else { return }
            cursor = String(next.dropFirst().dropLast())
        }
    }

    private func schema(
        of job: JobReference, _ fields: [String]?
    ) throws -> (TableSchema, KeySchema) {
        let number = try job.version(in: try state(of: job.job)).number
        let answer = try get("/v1/jobs/\(job.job)/schema?version=\(number)")
        let table = try decode(TableSchema.self, answer)
        guard let schema = table.keySchema else { throw unreadable(ExchangeError.closed) }
        try RecordRequestError.check(fields: fields, known: table.fields.map(\.name))
        return (table, schema)
    }

    private func isMissingKey(_ answer: HTTPExchange.Answer) -> Bool {
        JSONMembers(answer.body)?["type"] == "\"key-not-found\""
    }

    private static func fieldQuery(_ fields: [String]?) -> String? {
        fields.map { "fields=" + $0.map(\.percentEncoded).joined(separator: ",") }
    }
}

extension KeySchema {
    /// A key, or its first parts, as people type it, for a URL: commas between the parts stay.
    fileprivate func urlText(_ text: String) -> String {
        guard columns.count > 1 else { return text.percentEncoded }
        return text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part).replacing("%2C", with: ",").replacing("%2c", with: ",")
                .replacing("%25", with: "%").percentEncoded
        }.joined(separator: ",")
    }
}
