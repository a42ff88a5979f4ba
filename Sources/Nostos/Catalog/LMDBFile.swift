import SystemPackage

/// What can be seen of a `data.mdb` without LMDB, which trusts its file: it maps it and follows
/// every number in it, so a truncated file would end the process.
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

    /// Throws unless the file begins with two sound meta pages and is as long as they say.
    static func check(_ path: FilePath) throws(CatalogError) {
        let (size, head) = try Disk.attempt("reading", path) { () throws in
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                (Int(try file.seek(offset: 0, from: .end)), try file.bytes(at: 0, count: 1 << 16))
            }
        }
        if let defect = defect(head: head, size: size) {
            throw .damaged(file: path.string, detail: defect)
        }
    }

    /// What is wrong with a file of that size that begins so, or nil.
    static func defect(head: [UInt8], size: Int) -> String? {
        let head = head.span
        guard head.count >= metaSize else { return "\(size) bytes, too few for a head" }
        let pageSize = Int(head.littleEndian(UInt32.self, at: 40))
        guard pageSize.nonzeroBitCount == 1, (512...32_768).contains(pageSize) else {
            return "pages of \(pageSize) bytes"
        }
        guard head.count >= pageSize + metaSize else { return "\(size) bytes, too few for a head" }
        var newest = (transaction: UInt64(0), lastPage: UInt64(0))
        for page in 0..<2 {
            let base = page * pageSize
            guard head.littleEndian(UInt32.self, at: base + 16) == magic,
                head.littleEndian(UInt32.self, at: base + 20) == 1,
                head.littleEndian(UInt32.self, at: base + 40) == UInt32(pageSize)
            else { return "page \(page) is no page of meta data" }
            let transaction = head.littleEndian(UInt64.self, at: base + 144)
            if transaction >= newest.transaction {
                newest = (transaction, head.littleEndian(UInt64.self, at: base + 136))
            }
        }
        guard newest.lastPage < UInt64(LMDBEnvironment.mapSize / pageSize),
            size >= (Int(newest.lastPage) + 1) * pageSize
        else { return "\(size) bytes, \(newest.lastPage) is the last page of \(pageSize) bytes" }
        return nil
    }
}
