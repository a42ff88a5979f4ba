import SystemPackage

/// The journal's file: appending under the commit's lock, and reading by anybody at any time.
struct Journal: Sendable {
    let path: FilePath

    /// Whether the file is there at all.
    func exists() throws(CatalogError) -> Bool {
        try Disk.exists(path)
    }

    /// Writes a line behind the one at `last` and makes it durable; whatever stood there was never
    /// committed and is cut off.
    func append(_ entry: JournalEntry, after last: JournalMark) throws(CatalogError) -> JournalMark
    {
        let (bytes, mark) = try entry.line(after: last)
        try Disk.attempt("appending", path) {
            let file = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
            try file.closeAfter {
                try file.resize(to: last.end)
                try file.writeAll(toAbsoluteOffset: last.end, bytes)
            }
        }
        try Disk.syncData(path)
        return mark
    }

    /// Cuts off what stands behind the line at `last`.
    func cut(after last: JournalMark) throws(CatalogError) {
        try Disk.attempt("cutting an uncommitted line", path) {
            let file = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
            try file.closeAfter { try file.resize(to: last.end) }
        }
        try Disk.syncData(path)
    }

    /// The state of the file at a mark, and of the bytes after it.
    enum Tail: Equatable {
        /// The line at the mark is whole and nothing follows.
        case clean
        /// The line at the mark is whole; something that may be a line follows.
        case longer
        /// The line at the mark is not there, or is another one.
        case different
    }

    /// Compares the file with the mark that the catalog holds; O(one line).
    func tail(at mark: JournalMark) throws(CatalogError) -> Tail {
        guard try exists() else { return .different }
        let (size, line) = try Disk.attempt("reading", path) { () throws in
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                let size = try file.seek(offset: 0, from: .end)
                guard mark.offset >= 0, mark.end > mark.offset, size >= mark.end,
                    mark.end - mark.offset <= Int64(JournalEntry.maxSize)
                else { return (size, [UInt8]()) }
                return (size, try file.bytes(at: mark.offset, count: Int(mark.end - mark.offset)))
            }
        }
        guard line.last == UInt8(ascii: "\n") else { return .different }
        var before = JournalMark.start
        before.end = mark.offset
        before.hash = mark.previous
        guard let (_, found) = JournalEntry.parse([UInt8](line.dropLast()), after: before),
            found == mark
        else { return .different }
        return size == mark.end ? .clean : .longer
    }

    /// Reads every line behind a mark; without one, from the first.
    func cursor(after mark: JournalMark = .start) throws(CatalogError) -> JournalCursor {
        try JournalCursor(path, after: mark)
    }

    /// The file's first bytes.
    func bytes(upTo end: Int64) throws(CatalogError) -> [UInt8] {
        try Disk.attempt("reading", path) {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter { try file.bytes(at: 0, count: Int(end)) }
        }
    }
}
