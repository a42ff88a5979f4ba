import Nostos
import SystemPackage

/// The table of this project.
struct NostosEngine: Engine {
    private let table: TableReader
    private let selections: [FieldSelection]

    private static func path(_ folder: String) -> FilePath {
        FilePath("\(folder)/benchmark_1.table")
    }

    static func build(in folder: String, from data: MappedData, _ order: BuildOrder) throws {
        switch order {
        case .sorted: try buildSorted(in: folder, data)
        case .shuffled: try buildShuffled(in: folder, data)
        }
    }

    init(opening folder: String, _ set: DataSet) throws {
        let table = try TableReader(opening: Self.path(folder))
        self.table = table
        selections = Asked.allCases.map { table.select(set.names($0)) }
    }

    func makeReader() -> NostosReader { NostosReader(table: table, selections: selections) }

    /// One pass for the profile, as the loader observes values while it extracts, one to write.
    private static func buildSorted(in folder: String, _ data: MappedData) throws {
        var profile = TableProfile(schema: data.set.schema)
        for row in 0..<data.rowCount {
            profile.observe(key: data.keys[row].byteSpan)
            profile.observe(record: data.records[row].byteSpan)
        }
        let writer = try writer(in: folder, data.set, profile)
        for row in 0..<data.rowCount {
            try writer.append(key: data.keys[row].byteSpan, record: data.records[row].byteSpan)
        }
        _ = try writer.finish()
    }

    /// Copies the rows as they come, sorts them in memory by the keys' heads, then writes.
    private static func buildShuffled(in folder: String, _ data: MappedData) throws {
        var profile = TableProfile(schema: data.set.schema)
        var arena: [UInt8] = []
        var rows: [ArrivedRow] = []
        for row in data.rows(.shuffled) {
            let (key, record) = (data.keys[row], data.records[row])
            profile.observe(key: key.byteSpan)
            profile.observe(record: record.byteSpan)
            rows.append(
                ArrivedRow(
                    head: ArrivedRow.head(of: key), start: arena.count,
                    keySize: UInt32(key.count), recordSize: UInt32(record.count)))
            arena.append(contentsOf: key)
            arena.append(contentsOf: record)
        }
        let writer = try writer(in: folder, data.set, profile)
        try arena.withUnsafeBytes { arena in
            rows.sort { $0.precedes($1, in: arena) }
            for row in rows {
                try writer.append(
                    key: row.key(in: arena).byteSpan, record: row.record(in: arena).byteSpan)
            }
        }
        _ = try writer.finish()
    }

    private static func writer(
        in folder: String, _ set: DataSet, _ profile: TableProfile
    ) throws -> TableWriter {
        try TableWriter(
            creating: path(folder), schema: set.schema, profile: profile, job: "benchmark",
            version: 1)
    }
}

/// A row of an unsorted input, its bytes in an arena.
private struct ArrivedRow {
    /// The key's first 8 bytes as a number, ordered as keys are.
    let head: UInt64
    let start: Int
    let keySize: UInt32
    let recordSize: UInt32

    static func head(of key: UnsafeRawBufferPointer) -> UInt64 {
        var head: UInt64 = 0
        for index in 0..<8 { head = head << 8 | (index < key.count ? UInt64(key[index]) : 0) }
        return head
    }

    func key(in arena: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: arena[start..<start + Int(keySize)])
    }

    func record(in arena: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = start + Int(keySize)
        return UnsafeRawBufferPointer(rebasing: arena[start..<start + Int(recordSize)])
    }

    func precedes(_ other: ArrivedRow, in arena: UnsafeRawBufferPointer) -> Bool {
        if head != other.head { return head < other.head }
        return compareBytes(key(in: arena), other.key(in: arena)) < 0
    }
}

struct NostosReader: EngineReader {
    let table: TableReader
    let selections: [FieldSelection]
    private var batch = LookupBatch()

    init(table: TableReader, selections: [FieldSelection]) {
        self.table = table
        self.selections = selections
    }

    @inline(__always)
    mutating func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool {
        try table.get(key.byteSpan, selections[asked.rawValue], into: &output)
    }

    mutating func getBatch(
        _ keys: [UnsafeRawBufferPointer], into output: inout [UInt8]
    ) throws -> Int {
        batch.removeAll()
        for key in keys { batch.append(key.byteSpan) }
        return try table.get(&batch, selections[Asked.all.rawValue], into: &output)
    }

    mutating func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int) {
        var cursor = table.makeCursor()
        var (rows, bytes) = (0, 0)
        while try cursor.next() {
            output.removeAll(keepingCapacity: true)
            try cursor.appendJSON(selections[Asked.all.rawValue], into: &output)
            rows += 1
            bytes += output.count
        }
        return (rows, bytes)
    }
}
