import Nostos

/// Bytes on their way from a connection to the rows' reader; keeps its memory.
struct CopyBuffer {
    /// The number of bytes after the last one that may be read, whatever they are: for words at
    /// once.
    static let slack = 8

    /// The capacity that suffices for one call of libpq, mostly: its own buffer has 16 KiB.
    private static let usualCapacity = 32 << 10
    /// Memory that large rows took goes.
    private static let mostKept = 1 << 20

    private var memory = [UInt8](repeating: 0, count: usualCapacity + slack)
    private var start = 0
    private var end = 0

    /// The number of bytes.
    var count: Int { end - start }

    /// The bytes.
    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { memory.span.extracting(start..<end) }
    }

    /// The first `count` bytes, readable for ``slack`` more.
    @unsafe @inline(__always)
    func withBytes<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        precondition(count <= self.count)
        return unsafe memory.withUnsafeBytes {
            unsafe body(.init(rebasing: $0[start..<start + count]))
        }
    }

    /// Drops bytes from the front.
    mutating func skip(_ count: Int) {
        precondition(count >= 0 && count <= self.count)
        start += count
    }

    /// Appends what `read` puts at the beginning of the memory that it is given, which is not
    /// empty, call after call until it puts nothing there or the memory is full.
    ///
    /// - Returns: the number of bytes added; where there are none, the last result of `read`.
    @unsafe mutating func take(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        makeRoom(1)
        let last = memory.count - Self.slack
        var end = end
        var count = 0
        unsafe memory.withUnsafeMutableBytes { memory in
            while end < last {
                count = unsafe read(.init(rebasing: memory[end..<last]))
                guard count > 0 else { break }
                precondition(count <= last - end)
                end += count
            }
        }
        defer { self.end = end }
        return end > self.end ? end - self.end : count
    }

    /// Appends a piece.
    mutating func append(_ piece: Span<UInt8>) {
        makeRoom(piece.count)
        for index in piece.indices { memory[end + index] = piece[index] }
        end += piece.count
    }

    /// Makes room for `size` bytes after the bytes, which move to the front; memory that they fill
    /// more than half of is doubled, so that the row that they begin is not read again often.
    private mutating func makeRoom(_ size: Int) {
        let rest = count
        let capacity = memory.count - Self.slack
        let needed = max(2 * rest, rest + size, Self.usualCapacity)
        if needed > capacity || (rest == 0 && capacity > Self.mostKept) {
            var other = [UInt8](repeating: 0, count: needed + Self.slack)
            other.replaceSubrange(..<rest, with: memory[start..<end])
            memory = other
        } else if start > 0 {
            for index in 0..<rest { memory[index] = memory[start + index] }
        }
        (start, end) = (0, rest)
    }
}
