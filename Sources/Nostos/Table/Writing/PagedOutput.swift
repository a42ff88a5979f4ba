import SystemPackage

/// The bytes of a table on their way to the sink: counted, buffered, and summed page by page.
struct PagedOutput {
    private static let flushSize = 64 * TableFormat.pageSize

    private let sink: any TableSink
    private let seed: UInt64
    private var buffer: [UInt8] = []
    /// Pages of `buffer` that have their sum already.
    private var summedCount = 0

    /// The number of bytes appended.
    private(set) var offset = 0
    /// The sums of the whole pages so far, 8 bytes each.
    private(set) var sums: [UInt8] = []

    init(sink: any TableSink, seed: UInt64) {
        self.sink = sink
        self.seed = seed
        buffer.reserveCapacity(2 * Self.flushSize)
    }

    /// Appends bytes that the page sums cover.
    mutating func append(_ bytes: Span<UInt8>) throws(Errno) {
        buffer.append(bytes)
        offset += bytes.count
        try sumPages()
    }

    /// Appends the bytes of a group, which is then empty.
    mutating func append(_ group: inout GroupBuilder) throws(Errno) {
        let start = buffer.count
        group.finish(into: &buffer)
        offset += buffer.count - start
        try sumPages()
    }

    private mutating func sumPages() throws(Errno) {
        while buffer.count - summedCount >= TableFormat.pageSize {
            let end = summedCount + TableFormat.pageSize
            sumPage(upTo: end)
        }
        if buffer.count >= Self.flushSize { try flush() }
    }

    /// Sums the last, short page.
    ///
    /// Only ``appendUnsummed(_:)`` may follow.
    mutating func closePages() {
        if summedCount < buffer.count { sumPage(upTo: buffer.count) }
    }

    /// Appends bytes that have their own sum: the page sums, their sums, the footer.
    mutating func appendUnsummed(_ bytes: [UInt8]) throws(Errno) {
        try flush()
        try sink.write(bytes.span)
        offset += bytes.count
    }

    private mutating func sumPage(upTo end: Int) {
        let number = UInt64(sums.count / 8)
        let page = summedCount..<end
        let sum = Checksum.hash(buffer.span.extracting(page), seed: seed ^ number)
        sums.append(littleEndian: sum)
        summedCount = end
    }

    private mutating func flush() throws(Errno) {
        guard !buffer.isEmpty else { return }
        try sink.write(buffer.span.extracting(..<summedCount))
        // Less than a page goes to the front.
        buffer.removeFirst(summedCount)
        summedCount = 0
    }
}

/// The sums of the pages of the page sums.
func sumsOfSums(_ sums: [UInt8], seed: UInt64) -> [UInt8] {
    var output: [UInt8] = []
    var start = 0
    while start < sums.count {
        let end = min(start + TableFormat.pageSize, sums.count)
        let number = ~UInt64(start / TableFormat.pageSize)
        let page = sums.span.extracting(start..<end)
        output.append(littleEndian: Checksum.hash(page, seed: seed ^ number))
        start = end
    }
    return output
}
