/// Follows every page of a `data.mdb` as LMDB would, and finds the number that would lead it
/// astray.
///
/// LMDB has no checksums and trusts each offset, count and page number in its file. A catalog is
/// small, so it is walked once before it is opened: what passes cannot make LMDB leave its map, and
/// whether the values are right their own checksums say (`CatalogRow`). Layouts as in LMDB 0.9,
/// `mdb.c`; integers are little-endian:
///
///     page      number 8, unused 2, flags 2, then lower 2 and upper 2, or the page count 4 of a
///               long value; from byte 16 on a 2-byte offset of each node, up to `lower`
///     node      8 bytes, the key, the value. In a leaf: value size 4, flags 2, key size 2; flag 1
///               says that the value is the number of the first page of a long value.
///               In a branch: page number 6, key size 2
///     database  unused 4, flags 2, depth 2, counts of branch, leaf and long-value pages and of
///               entries, root page, 8 each
struct LMDBPages {
    private static let headSize = 16
    private static let nodeHeadSize = 8
    private static let maxDepth = 32
    private static let emptyRoot = UInt64.max

    private enum Tree {
        /// Free pages by the transaction that freed them; keys are integers.
        case free
        /// The entries; keys are bytes.
        case main
    }

    private struct Count {
        var branches = 0
        var leaves = 0
        var long = 0
        var entries = 0
    }

    private let bytes: [UInt8]
    private let pageSize: Int
    private let lastPage: Int
    /// Pages that a tree or a long value has.
    private var used: Set<Int> = [0, 1]
    private var freed: [Int] = []
    private var count = Count()
    private var lastKey: [UInt8] = []

    /// The defect of a file of these bytes, or nil.
    ///
    /// Its head has passed.
    static func defect(_ bytes: [UInt8], _ meta: LMDBFile.Meta) -> String? {
        var pages = LMDBPages(bytes, meta)
        do throws(LMDBFile.Defect) {
            try pages.walk(.free, database: meta.offset + 40)
            try pages.walk(.main, database: meta.offset + 88)
            guard Set(pages.freed).count == pages.freed.count,
                pages.used.isDisjoint(with: pages.freed)
            else { throw LMDBFile.Defect(text: "a page is free and in use") }
            return nil
        } catch {
            return error.text
        }
    }

    private init(_ bytes: [UInt8], _ meta: LMDBFile.Meta) {
        self.bytes = bytes
        pageSize = meta.pageSize
        lastPage = meta.lastPage
    }

    private func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
        bytes.span.littleEndian(type, at: offset)
    }

    private func check(_ holds: Bool, _ text: @autoclosure () -> String) throws(LMDBFile.Defect) {
        guard holds else { throw LMDBFile.Defect(text: text()) }
    }

    private mutating func walk(_ tree: Tree, database: Int) throws(LMDBFile.Defect) {
        count = Count()
        lastKey = []
        let flags = integer(UInt16.self, at: database + 4)
        let depth = Int(integer(UInt16.self, at: database + 6))
        let root = integer(UInt64.self, at: database + 40)
        try check(flags == (tree == .free ? 8 : 0), "a database has the flags \(flags)")
        if root == Self.emptyRoot {
            try check(depth == 0, "an empty database has the depth \(depth)")
        } else {
            try check((1...Self.maxDepth).contains(depth), "a database has the depth \(depth)")
            try visit(root, tree, depth)
        }
        let stated = (0..<4).map { integer(UInt64.self, at: database + 8 + 8 * $0) }
        let found = [count.branches, count.leaves, count.long, count.entries].map { UInt64($0) }
        try check(stated == found, "a database says \(stated) and has \(found)")
    }

    /// Takes a page into use and gives its offset.
    private mutating func take(_ number: UInt64, flags: UInt16) throws(LMDBFile.Defect) -> Int {
        try check(number <= UInt64(lastPage), "page \(number) is beyond the last")
        let page = Int(number)
        try check((page + 1) * pageSize <= bytes.count, "page \(page) is beyond the file's end")
        try check(used.insert(page).inserted, "page \(page) is used twice")
        let base = page * pageSize
        try check(integer(UInt64.self, at: base) == number, "page \(page) is another one")
        let found = integer(UInt16.self, at: base + 10)
        try check(found == flags, "page \(page) has the flags \(found), expected \(flags)")
        return base
    }

    private mutating func visit(_ number: UInt64, _ tree: Tree, _ depth: Int) throws(LMDBFile
        .Defect)
    {
        let isLeaf = depth == 1
        let base = try take(number, flags: isLeaf ? 2 : 1)
        let lower = Int(integer(UInt16.self, at: base + 12))
        let upper = Int(integer(UInt16.self, at: base + 14))
        try check(
            lower >= Self.headSize && lower % 2 == 0 && lower <= upper && upper <= pageSize,
            "page \(number) is filled up to \(lower) and from \(upper)")
        let nodes = (lower - Self.headSize) / 2
        try check(nodes >= (isLeaf ? 1 : 2), "page \(number) has \(nodes) nodes")
        if isLeaf { count.leaves += 1 } else { count.branches += 1 }
        for index in 0..<nodes {
            let offset = Int(integer(UInt16.self, at: base + Self.headSize + 2 * index))
            try check(
                offset >= upper && offset % 2 == 0 && offset + Self.nodeHeadSize <= pageSize,
                "page \(number) has a node at \(offset)")
            let node = base + offset
            let keyEnd = node + Self.nodeHeadSize + Int(integer(UInt16.self, at: node + 6))
            try check(keyEnd <= base + pageSize, "a key of page \(number) is too long")
            if isLeaf {
                try leafNode(node, keyEnd, base + pageSize, tree)
            } else {
                let child = integer(UInt64.self, at: node) & 0xFFFF_FFFF_FFFF
                try visit(child, tree, depth - 1)
            }
        }
    }

    private mutating func leafNode(_ node: Int, _ keyEnd: Int, _ pageEnd: Int, _ tree: Tree)
        throws(LMDBFile.Defect)
    {
        count.entries += 1
        let key = Array(bytes[(node + Self.nodeHeadSize)..<keyEnd])
        try checkOrder(key, tree)
        let size = Int(integer(UInt32.self, at: node))
        let flags = integer(UInt16.self, at: node + 4)
        var value = keyEnd
        if flags == 1 {
            try check(keyEnd + 8 <= pageEnd, "the page of a long value is cut off")
            value = try longValue(integer(UInt64.self, at: keyEnd), size) + Self.headSize
        } else {
            try check(flags == 0, "a node has the flags \(flags)")
            try check(keyEnd + size <= pageEnd, "a value of \(size) bytes is cut off")
        }
        if tree == .free { try freePages(value, size) }
    }

    private mutating func checkOrder(_ key: [UInt8], _ tree: Tree) throws(LMDBFile.Defect) {
        switch tree {
        case .main:
            try check((1...511).contains(key.count), "a key has \(key.count) bytes")
            try check(lastKey.span.precedes(key.span), "keys do not ascend")
            lastKey = key
        case .free:
            try check(key.count == 8, "a key of free pages has \(key.count) bytes")
            // Most significant byte first, so that bytes sort as the numbers do.
            let reversed = Array(key.reversed())
            try check(lastKey.span.precedes(reversed.span), "free pages do not ascend")
            lastKey = reversed
        }
    }

    /// Takes all pages of a long value and gives the offset of the first.
    private mutating func longValue(_ number: UInt64, _ size: Int) throws(LMDBFile.Defect) -> Int {
        let base = try take(number, flags: 4)
        let pages = Int(integer(UInt32.self, at: base + 12))
        let needed = (Self.headSize + size + pageSize - 1) / pageSize
        try check(
            pages == needed && Int(number) + pages - 1 <= lastPage
                && (Int(number) + pages) * pageSize <= bytes.count,
            "a value of \(size) bytes has \(pages) pages")
        for page in (Int(number) + 1)..<(Int(number) + max(1, pages)) {
            try check(used.insert(page).inserted, "page \(page) is used twice")
        }
        count.long += pages
        return base
    }

    /// A list of free pages: their count, then their numbers, descending.
    private mutating func freePages(_ value: Int, _ size: Int) throws(LMDBFile.Defect) {
        try check(size >= 8 && size % 8 == 0, "a list of free pages has \(size) bytes")
        let pages = integer(UInt64.self, at: value)
        try check(pages <= UInt64(size / 8 - 1), "a list of free pages has \(pages)")
        var last = UInt64(lastPage) + 1
        for index in 0..<Int(pages) {
            let page = integer(UInt64.self, at: value + 8 + 8 * index)
            try check(page >= 2 && page < last, "page \(page) cannot be free here")
            freed.append(Int(page))
            last = page
        }
    }
}
