import Glibc
import RivalCDB

/// Bernstein's constant database, as tinycdb: a hash table in one mapped file.
struct CDBEngine: Engine {
    private let path: String
    private let set: DataSet

    static func build(in folder: String, from data: MappedData, _ order: BuildOrder) throws {
        let path = "\(folder)/data.cdb"
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw systemFailure("create", path) }
        defer { close(descriptor) }
        var maker = cdb_make()
        guard cdb_make_start(&maker, descriptor) == 0 else { throw systemFailure("start", path) }
        for row in data.rows(order) {
            let (key, text) = (data.keys[row], data.texts[row])
            let code = cdb_make_add(
                &maker, key.baseAddress, UInt32(key.count), text.baseAddress, UInt32(text.count))
            guard code == 0 else { throw systemFailure("add", path) }
        }
        guard cdb_make_finish(&maker) == 0 else { throw systemFailure("finish", path) }
        guard fsync(descriptor) == 0 else { throw systemFailure("fsync", path) }
    }

    init(opening folder: String, _ set: DataSet) throws {
        path = "\(folder)/data.cdb"
        self.set = set
    }

    /// Each thread has its own: the handle remembers what it found last.
    func makeReader() throws -> CDBReader { try CDBReader(path, set) }
}

final class CDBReader: EngineReader {
    private var handle = cdb()
    private let descriptor: Int32
    private var cutters: [FieldCutter]

    init(_ path: String, _ set: DataSet) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, cdb_init(&handle, descriptor) == 0 else {
            throw systemFailure("open", path)
        }
        cutters = FieldCutter.cutters(set)
    }

    deinit {
        cdb_free(&handle)
        close(descriptor)
    }

    @inline(__always)
    func get(
        _ key: UnsafeRawBufferPointer, _ asked: Asked, into output: inout [UInt8]
    ) throws -> Bool {
        let code = cdb_find(&handle, key.baseAddress, UInt32(key.count))
        guard code > 0 else {
            if code == 0 { return false }
            throw Failure("cdb: the file is damaged")
        }
        try cutters[asked.rawValue].append(try found(), to: &output)
        return true
    }

    func scan(through output: inout [UInt8]) throws -> (rows: Int, bytes: Int) {
        var (rows, bytes) = (0, 0)
        // Where the records begin: behind the table of 256 hash tables.
        var position: UInt32 = 2048
        while cdb_seqnext(&position, &handle) > 0 {
            output.removeAll(keepingCapacity: true)
            try cutters[Asked.all.rawValue].append(try found(), to: &output)
            rows += 1
            bytes += output.count
        }
        return (rows, bytes)
    }

    @inline(__always)
    private func found() throws -> UnsafeRawBufferPointer {
        guard let text = cdb_get(&handle, handle.cdb_vlen, handle.cdb_vpos) else {
            throw Failure("cdb: a value lies outside the file")
        }
        return UnsafeRawBufferPointer(start: text, count: Int(handle.cdb_vlen))
    }
}
