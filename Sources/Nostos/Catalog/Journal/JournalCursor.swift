import SystemPackage

/// Reads the journal line by line and checks the chain.
final class JournalCursor {
    private let path: FilePath
    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// The mark of the line that was read last.
    private(set) var mark: JournalMark
    /// Whether a line that was torn while it was written follows the last good line.
    private(set) var isTorn = false

    init(_ path: FilePath, after mark: JournalMark) throws(CatalogError) {
        self.path = path
        self.mark = mark
        file = try Disk.attempt("opening", path) {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            try file.seek(offset: mark.end, from: .start)
            return file
        }
    }

    deinit {
        // Nothing was written: a failure to close loses nothing.
        try? file.close()
    }

    /// The next entry; nil at the end, and at a last line that was never written to its end.
    ///
    /// - Throws: ``CatalogError/damaged(file:detail:)`` when a line is wrong and others follow it,
    ///   ``CatalogError/newerFormat(file:found:supported:)`` when a newer Nostos wrote it.
    func next() throws(CatalogError) -> JournalEntry? {
        guard !isTorn, let line = try nextLine() else { return nil }
        guard let (entry, next) = JournalEntry.parse(line, after: mark) else {
            guard try nextLine() == nil else {
                throw .damaged(
                    file: path.string, detail: "line at \(mark.end) breaks the chain of hashes")
            }
            isTorn = true
            return nil
        }
        guard entry.format <= JournalEntry.format else {
            throw .newerFormat(
                file: path.string, found: entry.format, supported: JournalEntry.format)
        }
        mark = next
        return entry
    }

    /// The next line without its end; what follows the last line end counts as a line too, but can
    /// only be torn, so it is given as an empty one.
    private func nextLine() throws(CatalogError) -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = [UInt8](buffer[position..<end])
                position = end + 1
                return line
            }
            searched = buffer.count
            guard !isAtEnd else {
                let hasRest = position < buffer.count
                position = buffer.count
                return hasRest ? [] : nil
            }
            guard searched - position <= JournalEntry.maxSize else {
                throw .damaged(
                    file: path.string, detail: "line at \(mark.end) is too long for a line")
            }
            searched -= position
            try fill()
        }
    }

    private func fill() throws(CatalogError) {
        let more = try Disk.attempt("reading", path) { try file.bytes(count: 1 << 18) }
        isAtEnd = more.isEmpty
        buffer.removeFirst(position)
        position = 0
        buffer += more
    }
}
