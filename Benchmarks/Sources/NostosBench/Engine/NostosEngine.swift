import Dispatch
import Nostos
import NostosLoader
import SystemPackage

/// The table of this project.
struct NostosEngine: Engine {
    private let table: TableReader
    private let set: DataSet

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
        table = try TableReader(opening: Self.path(folder))
        self.set = set
    }

    /// The share of the rows in which every value is coded or packed.
    static func typedRowShare(in folder: String) throws -> Double {
        try TableReader(opening: path(folder)).storage().typedRowShare
    }

    func makeReader() -> NostosReader { NostosReader(table, set) }

    /// One pass for the profile, as the loader observes values while it extracts, one to write.
    private static func buildSorted(in folder: String, _ data: MappedData) throws {
        let profile = observe(data)
        let writer = try writer(in: folder, data.set, profile)
        for row in 0..<data.rowCount {
            try writer.append(key: data.keys[row].byteSpan, record: data.records[row].byteSpan)
        }
        _ = try writer.finish()
    }

    /// Each of two threads observes one half.
    private static func observe(_ data: MappedData) -> TableProfile {
        let halves = Halves(data: data)
        DispatchQueue.concurrentPerform(iterations: 2) { halves.observe($0) }
        return halves.merged()
    }

    /// What the sorter may take: with the rest of the build below 512 MiB, whatever the row count.
    private static let sorterMemory = 320 << 20

    /// As the loader does: rows as they come go into the profile and the sorter, then the sorted
    /// ones into the table.
    private static func buildShuffled(in folder: String, _ data: MappedData) throws {
        var profile = TableProfile(schema: data.set.schema)
        var sorter = try RowSorter(directory: FilePath(folder), memory: sorterMemory)
        for row in data.rows(.shuffled) {
            let (key, record) = (data.keys[row].byteSpan, data.records[row].byteSpan)
            profile.observe(key: key)
            profile.observe(record: record)
            try sorter.add(key: key, generator: 0, payload: record)
        }
        let writer = try writer(in: folder, data.set, profile)
        var entries = try sorter.finish()
        while try entries.next() {
            try writer.append(key: entries.key, record: entries.payload)
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

/// The profiles of two halves of the rows.
///
/// @unchecked: the data is read-only, and each half's profile is one thread's.
private final class Halves: @unchecked Sendable {
    private let data: MappedData
    private let first: Part
    private let second: Part

    private final class Part {
        var profile: TableProfile
        init(_ schema: Schema) { profile = TableProfile(schema: schema) }
    }

    init(data: MappedData) {
        self.data = data
        first = Part(data.set.schema)
        second = Part(data.set.schema)
    }

    func observe(_ half: Int) {
        let middle = data.rowCount / 2
        // A local, so that no access to a shared object is checked for each row.
        var profile = TableProfile(schema: data.set.schema)
        for row in half == 0 ? 0..<middle : middle..<data.rowCount {
            profile.observe(key: data.keys[row].byteSpan)
            profile.observe(record: data.records[row].byteSpan)
        }
        (half == 0 ? first : second).profile = profile
    }

    func merged() -> TableProfile {
        var profile = first.profile
        profile.merge(second.profile)
        return profile
    }
}

/// Selections of its own: threads that share one would contend for its reference count.
struct NostosReader: EngineReader {
    private let table: TableReader
    private let all: FieldSelection
    private let one: FieldSelection
    private let two: FieldSelection
    private var batch = LookupBatch()

    init(_ table: TableReader, _ set: DataSet) {
        self.table = table
        all = table.select(set.names(.all))
        one = table.select(set.names(.one))
        two = table.select(set.names(.two))
    }

    @inline(__always)
    mutating func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool {
        switch asked {
        case .all: try table.get(key.byteSpan, all, into: &output)
        case .one: try table.get(key.byteSpan, one, into: &output)
        case .two: try table.get(key.byteSpan, two, into: &output)
        }
    }

    mutating func getBatch(
        _ keys: [UnsafeRawBufferPointer], into output: inout [UInt8]
    ) throws -> Int {
        batch.removeAll()
        for key in keys { batch.append(key.byteSpan) }
        return try table.get(&batch, all, into: &output)
    }

    mutating func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int) {
        var cursor = table.makeCursor()
        var (rows, bytes) = (0, 0)
        while try cursor.next() {
            output.removeAll(keepingCapacity: true)
            try cursor.appendJSON(all, into: &output)
            rows += 1
            bytes += output.count
        }
        return (rows, bytes)
    }
}
