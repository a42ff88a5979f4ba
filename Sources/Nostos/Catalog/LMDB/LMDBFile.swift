import SystemPackage

/// The facts that can be seen of a `data.mdb` without LMDB, which trusts its file: it maps it and
/// follows every number in it, so a truncated file would end the process.
///
/// A page of meta data, two of which begin the file (LMDB 0.9, `mdb.c`: `MDB_page`, `MDB_meta`):
///
///     OFFSET  SIZE  DESCRIPTION
///          0    16  page head: number, flags
///         16     4  magic, be ef c0 de as a number
///         20     4  version of the format, 1
///         24    16  address and size of the map
///         40    48  the database of free pages; its first 4 bytes are the size of a page
///         88    48  the main database
///        136     8  number of the last page in use
///        144     8  transaction that wrote this page; the larger of the two counts
enum LMDBFile {
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let metaSize = 152

    /// Throws unless the file begins with two sound meta pages and is at least as long as it was.
    ///
    /// LMDB never makes a file shorter. Gives its length now.
    static func check(_ path: FilePath, size known: Int) throws(CatalogError) -> Int {
        let (size, head) = try Disk.attempt("reading", path) { () throws in
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                (Int(try file.seek(offset: 0, from: .end)), try file.bytes(at: 0, count: 1 << 16))
            }
        }
        guard size >= known else {
            throw .damaged(file: path.string, detail: "\(size) bytes, it had \(known)")
        }
        if case .failure(let defect) = newestMeta(head: head, size: size) {
            throw .damaged(file: path.string, detail: defect.text)
        }
        return size
    }

    /// Throws unless every page of the file can be followed: before LMDB opens it.
    ///
    /// O(the file); nobody writes to it meanwhile. Gives the file's length.
    static func checkPages(_ path: FilePath) throws(CatalogError) -> Int {
        let bytes = try Disk.attempt("reading", path) { () throws in
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                let size = try file.seek(offset: 0, from: .end)
                guard size <= LMDBEnvironment.mapSize else { return [UInt8]() }
                return try file.bytes(at: 0, count: Int(size))
            }
        }
        if let defect = defect(bytes) { throw .damaged(file: path.string, detail: defect) }
        return bytes.count
    }

    /// The defect of a file of these bytes, or nil.
    static func defect(_ bytes: [UInt8]) -> String? {
        switch newestMeta(head: bytes, size: bytes.count) {
        case .failure(let defect): defect.text
        case .success(let meta): LMDBPages.defect(bytes, meta)
        }
    }

    /// The meta page that counts: where it is, and what it says of the file.
    struct Meta {
        let offset: Int
        let pageSize: Int
        let lastPage: Int
    }

    /// A defect of a file.
    struct Defect: Error {
        let text: String
    }

    private static func newestMeta(head: [UInt8], size: Int) -> Result<Meta, Defect> {
        let head = head.span
        func defect(_ text: String) -> Result<Meta, Defect> { .failure(Defect(text: text)) }
        guard head.count >= metaSize else { return defect("\(size) bytes, too few for a head") }
        let pageSize = Int(head.littleEndian(UInt32.self, at: 40))
        guard pageSize.nonzeroBitCount == 1, (512...32_768).contains(pageSize) else {
            return defect("pages of \(pageSize) bytes")
        }
        guard head.count >= pageSize + metaSize else {
            return defect("\(size) bytes, too few for a head")
        }
        var newest = (transaction: UInt64(0), page: 0)
        for page in 0..<2 {
            let base = page * pageSize
            guard head.littleEndian(UInt32.self, at: base + 16) == magic,
                head.littleEndian(UInt32.self, at: base + 20) == 1,
                head.littleEndian(UInt32.self, at: base + 40) == UInt32(pageSize)
            else { return defect("page \(page) is no page of meta data") }
            let transaction = head.littleEndian(UInt64.self, at: base + 144)
            guard transaction == 0 || transaction % 2 == UInt64(page) else {
                return defect("page \(page) is of transaction \(transaction)")
            }
            if transaction > newest.transaction { newest = (transaction, page) }
        }
        let lastPage = head.littleEndian(UInt64.self, at: newest.page * pageSize + 136)
        // The file may be shorter: the last pages may be free, and never have been written.
        guard lastPage < UInt64(LMDBEnvironment.mapSize / pageSize) else {
            return defect("page \(lastPage) is beyond the map")
        }
        return .success(
            Meta(offset: newest.page * pageSize, pageSize: pageSize, lastPage: Int(lastPage)))
    }
}
