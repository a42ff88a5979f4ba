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

    /// One pass for the profile, each of two threads over one half, and one to write.
    private static func buildSorted(in folder: String, _ data: MappedData) throws {
        let middle = data.rowCount / 2
        let halves = [Observer(data, 0..<middle), Observer(data, middle..<data.rowCount)]
        DispatchQueue.concurrentPerform(iterations: halves.count) { halves[$0].run(.sorted) }
        var profile = halves[0].profile
        profile.merge(halves[1].profile)
        let writer = try writer(in: folder, data.set, profile)
        for row in 0..<data.rowCount {
            try writer.append(key: data.keys[row].byteSpan, record: data.records[row].byteSpan)
        }
        _ = try writer.finish()
    }

    /// The memory limit of the sorter: with the rest of the build below 512 MiB, whatever the row
    /// count.
    private static let sorterMemory = 320 << 20

    /// Rows go into the sorter as they come, while another thread observes them, then the sorted
    /// ones into the table.
    private static func buildShuffled(in folder: String, _ data: MappedData) throws {
        let observer = Observer(data, 0..<data.rowCount)
        let observing = DispatchGroup()
        DispatchQueue.global().async(group: observing) { observer.run(.shuffled) }
        defer { observing.wait() }
        var sorter = try RowSorter(directory: FilePath(folder), memory: sorterMemory)
        for row in data.rows(.shuffled) {
            try sorter.add(
                key: data.keys[row].byteSpan, generator: 0, payload: data.records[row].byteSpan)
        }
        observing.wait()
        let writer = try writer(in: folder, data.set, observer.profile)
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

/// The profile of some of the rows, made by one thread.
///
/// @unchecked: the data is read-only, and who started the thread waits for it before it reads.
private final class Observer: @unchecked Sendable {
    private let data: MappedData
    private let range: Range<Int>
    private(set) var profile: TableProfile

    init(_ data: MappedData, _ range: Range<Int>) {
        (self.data, self.range) = (data, range)
        profile = TableProfile(schema: data.set.schema)
    }

    func run(_ order: BuildOrder) {
        // A local, so that no access to a shared object is checked for each row.
        var profile = TableProfile(schema: data.set.schema)
        for row in data.rows(order, range) {
            profile.observe(key: data.keys[row].byteSpan)
            profile.observe(record: data.records[row].byteSpan)
        }
        self.profile = profile
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
