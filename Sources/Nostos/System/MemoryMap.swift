import SystemPackage

/// The mapped files of this process, by `/proc/self/maps` (man 5 proc).
enum MemoryMap {
    /// The addresses at which the file at `path` is mapped; nil where it is not, or where the
    /// kernel does not say.
    static func addresses(of path: FilePath) -> Range<UInt>? {
        let maps = FilePath("/proc/self/maps")
        guard let status = try? path.stat(),
            let file = try? FileDescriptor.open(maps, .readOnly, options: .closeOnExec),
            let bytes = try? file.closeAfter({ try file.bytes(count: 4 << 20) })
        else { return nil }
        return addresses(
            inode: UInt64(status.inode.rawValue), in: String(decoding: bytes, as: UTF8.self))
    }

    /// The addresses of the first mapping of that inode with a file's name.
    ///
    /// A line is `7f2c5a400000-7f2c9a400000 r--s 00000000 fe:01 393219    /store/catalog/data.mdb`.
    static func addresses(inode: UInt64, in table: String) -> Range<UInt>? {
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count == 6, UInt64(words[4]) == inode, words[5].contains("data.mdb") else {
                continue
            }
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
        return nil
    }
}
