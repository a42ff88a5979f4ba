import Glibc
import Nostos

/// A file mapped read-only for the rest of the process's life.
struct MappedBytes {
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemFailure("open", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw systemFailure("fstat", path) }
        let size = Int(status.st_size)
        if size == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw systemFailure("mmap", path) }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }
}

/// A list of byte strings that `ListWriter` wrote.
struct MappedList {
    private let bytes: UnsafeRawBufferPointer
    private let ends: UnsafeBufferPointer<UInt64>

    init(_ files: DataFiles, _ name: String) throws {
        bytes = try MappedBytes(files.path("\(name).bytes")).bytes
        ends = try MappedBytes(files.path("\(name).ends")).bytes.bindMemory(to: UInt64.self)
    }

    var count: Int { ends.count }

    /// Unsafe: the ends were written by `ListWriter`, so they lie inside the bytes.
    @inline(__always)
    subscript(index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(ends[index])])
    }
}

/// A data set as a worker sees it.
struct MappedData {
    let set: DataSet
    let keys: MappedList
    /// Encoded values of all fields: what Nostos takes.
    let records: MappedList
    /// JSON objects: what the rivals take.
    let texts: MappedList
    private let permutation: UnsafeBufferPointer<UInt32>
    private let queryLists: [DataFiles.QueryList: MappedList]

    init(_ set: DataSet, _ files: DataFiles) throws {
        self.set = set
        keys = try MappedList(files, "keys")
        records = try MappedList(files, "records")
        texts = try MappedList(files, "texts")
        permutation = try MappedBytes(files.path("permutation")).bytes.bindMemory(to: UInt32.self)
        var lists: [DataFiles.QueryList: MappedList] = [:]
        for list in DataFiles.QueryList.allCases {
            lists[list] = try MappedList(files, "queries-\(list.rawValue)")
        }
        queryLists = lists
    }

    var rowCount: Int { keys.count }

    func queries(_ list: DataFiles.QueryList) throws -> MappedList {
        guard let found = queryLists[list] else { throw Failure("no queries \(list)") }
        return found
    }

    /// The rows in the order in which a build gets them.
    func rows(_ order: BuildOrder, _ range: Range<Int>? = nil) -> some Sequence<Int> {
        (range ?? 0..<rowCount).lazy.map { order == .sorted ? $0 : Int(permutation[$0]) }
    }

    /// The answer that a lookup of that row must give, made from the record and not from the text.
    func answer(row: Int, _ asked: Asked) throws -> [UInt8] {
        let record = records[row]
        var values: [String: [UInt8]] = [:]
        var position = 0
        for field in set.schema.fields {
            var value: [UInt8] = []
            EncodedValue.appendJSON(in: record.byteSpan, at: &position, to: &value)
            values[field.name] = value
        }
        var answer: [UInt8] = []
        for name in set.names(asked) {
            answer += answer.isEmpty ? Array("{\"\(name)\":".utf8) : Array(",\"\(name)\":".utf8)
            answer += values[name] ?? []
        }
        return answer + [UInt8(ascii: "}")]
    }
}

/// The order in which rows come to a build.
enum BuildOrder: String {
    case sorted, shuffled
}
