import Nostos

/// Reads for a preview: the first keys of a job, and the rows of given keys.
struct PreviewReader {
    let plan: RecordPlan
    private(set) var encoder: KeyEncoder
    private let job: Job
    private let inputs: [RowInput]
    private let sessions = SourceSessions()

    /// Opens the sources, as a run does, for their columns.
    init(_ job: Job, _ inputs: [RowInput]) throws {
        (self.job, self.inputs) = (job, inputs)
        var generators: [GeneratorInput] = []
        for (generator, input) in zip(job.generators, inputs) {
            if case .constant(let constants) = generator.kind {
                generators.append(GeneratorInput(name: generator.name, constants: constants))
                continue
            }
            let columns =
                try input.columns(generator, in: sessions)
                ?? input.open(generator, in: sessions).columns
            generators.append(GeneratorInput(generator, columns: columns))
        }
        plan = try job.plan(of: generators)
        encoder = KeyEncoder(plan.keyColumns)
    }

    /// Whether the key's types are known before the first row.
    var knowsKey: Bool { plan.keyColumns.allSatisfy { $0.type != nil } }

    /// The first keys of the first generator that has rows.
    ///
    /// A query is asked for as many rows as there are to be keys, and again for more while too few
    /// of them are different, up to `maxRowCount`.
    mutating func firstKeys(_ count: Int, _ maxRowCount: Int) throws -> Set<[UInt8]> {
        for generator in plan.generators where generator.hasRows {
            var limit = max(1, count)
            while true {
                let (keys, rowCount) = try keys(generator, count, limit)
                let isAll = rowCount < limit
                if keys.count < count, !isAll, limit < maxRowCount {
                    limit = min(limit * 16, maxRowCount)
                    continue
                }
                if !keys.isEmpty { return keys }
                break
            }
            if job.join == .first { break }
        }
        return []
    }

    private mutating func keys(
        _ generator: GeneratorPlan, _ count: Int, _ limit: Int
    ) throws -> (keys: Set<[UInt8]>, rowCount: Int) {
        let spec = job.generators[generator.ordinal]
        let cursor = try inputs[generator.ordinal].open(spec, part: .first(limit), in: sessions)
        var keys: Set<[UInt8]> = []
        var row = Row()
        var key: [UInt8] = []
        var rowCount = 0
        while keys.count < count, rowCount < limit {
            do throws(SourceError) {
                guard try cursor.next(into: &row) else { break }
            } catch {
                throw LocatedSourceError(error, spec)
            }
            rowCount += 1
            key.removeAll(keepingCapacity: true)
            try encoder.encode(row, of: generator, number: rowCount, to: &key)
            keys.insert(key)
        }
        return (keys, rowCount)
    }

    /// The rows of these keys.
    func rows(of keys: Set<[UInt8]>, _ generator: GeneratorPlan) throws -> any RowCursor {
        let schema = encoder.schema
        let parts = keys.sorted { $0.span.precedes($1.span) }
            .compactMap { schema.decode($0.span) }
        let part = QueryPart.rows(of: parts, in: generator.keyColumns)
        let spec = job.generators[generator.ordinal]
        let cursor = try inputs[generator.ordinal].open(spec, part: part, in: sessions)
        return KeyFilterCursor(cursor, keyColumns: generator.keyColumns, keys: Set(parts))
    }
}

/// Hands over the rows of a cursor that have one of a set of keys, and those without a key at all,
/// whose fault the extraction reports.
final class KeyFilterCursor: RowCursor {
    let columns: [SourceColumn]
    var warnings: [String] { rows.warnings }
    private let rows: any RowCursor
    private let keyColumns: [Int]
    private let keys: Set<[KeyPart]>

    init(_ rows: any RowCursor, keyColumns: [Int], keys: Set<[KeyPart]>) {
        (self.rows, self.keyColumns, self.keys) = (rows, keyColumns, keys)
        columns = rows.columns
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        while try rows.next(into: &row) {
            guard let key = key(of: row) else { return true }
            if keys.contains(key) { return true }
        }
        return false
    }

    private func key(of row: borrowing Row) -> [KeyPart]? {
        var key: [KeyPart] = []
        for column in keyColumns {
            let bytes = row.bytes.span.extracting(row.range(of: column))
            var end = 0
            guard let value = EncodedValueView(in: bytes, at: &end) else { return nil }
            switch value.tag {
            case .int64: key.append(.int64(value.int64(in: bytes)))
            case .string:
                var text: [UInt8] = []
                text.append(bytes.extracting(value.payload))
                key.append(.string(String(decoding: text, as: UTF8.self)))
            default: return nil
            }
        }
        return key
    }
}
