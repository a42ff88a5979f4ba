import Nostos

/// The distinct values, NULLs left out, in the order of `EncodedValue.precedes`; of a limited set
/// the first ones in that order.
///
/// Reused from key to key, as a ``FieldCollector`` is. Holds at most twice the bytes of the set, or
/// of its limit in bytes; of a limited set at most twice as many values.
struct SetCollector: ~Copyable {
    /// The most values that are sorted by insertion.
    private static let fewCount = 16

    private var bytes = GrowingMemory<UInt8>()
    private var places = GrowingMemory<SetPlace>()
    /// At this size or count repeated values are looked for, to go on with the distinct ones.
    private var sizeThreshold: Int
    private let countThreshold: Int
    private let maxSize: Int
    private let limit: Int

    /// A collector of sets whose distinct values take up to `maxSize` bytes, and of which the first
    /// `limit` are kept.
    init(maxSize: Int = EncodedValue.maxSize, limit: Int? = nil) {
        self.maxSize = maxSize
        self.limit = limit ?? .max
        countThreshold = limit.map { 2 * $0 } ?? .max
        sizeThreshold = maxSize
    }

    /// Adds one encoded value, a part of `source`, or NULL.
    @inline(__always)
    mutating func add(
        _ value: Range<Int>, of source: Span<UInt8>
    ) throws(CollectorProblem) {
        guard source[value.lowerBound] != EncodedValue.Tag.null.rawValue else { return }
        let start = bytes.count
        bytes.append(value, of: source)
        let place = SetPlace(start, in: bytes)
        if places.count > 0, places.span[places.count - 1].isSame(place, in: bytes) {
            return bytes.removeAll(from: start)
        }
        places.append(place)
        guard bytes.count > sizeThreshold || places.count > countThreshold else { return }
        try makeRoom()
    }

    @inline(never)
    private mutating func makeRoom() throws(CollectorProblem) {
        compact()
        sizeThreshold = max(maxSize, min(2 * bytes.count, 2 * maxSize))
        guard bytes.count <= maxSize else { throw .tooLarge(limit: maxSize) }
    }

    /// Appends the set in encoded form.
    mutating func finish(to output: inout GrowingMemory<UInt8>) throws(CollectorProblem) {
        sort()
        try Self.write(places, of: bytes, maxSize: maxSize, to: &output)
        bytes.removeAll()
        places.removeAll()
        sizeThreshold = maxSize
    }

    private static func write(
        _ places: borrowing GrowingMemory<SetPlace>, of bytes: borrowing GrowingMemory<UInt8>,
        maxSize: Int, to output: inout GrowingMemory<UInt8>
    ) throws(CollectorProblem) {
        let places = places.span
        var size = 0
        for index in places.indices { size += places[index].size }
        guard size <= maxSize else { throw .tooLarge(limit: maxSize) }
        output.append(EncodedValue.Tag.list.rawValue)
        output.append(varint: UInt64(size))
        let source = bytes.span
        for index in places.indices { output.append(places[index].range, of: source) }
    }

    /// Puts the places in order and leaves one of each value, of the first ones.
    private mutating func sort() {
        guard places.count > 1 else { return }
        if places.count <= Self.fewCount {
            Self.insertAll(&places, bytes)
        } else {
            Self.sortMany(&places, bytes)
        }
        let kept = Self.moveDistinct(&places, bytes, limit: limit)
        places.removeAll(from: kept)
    }

    private static func insertAll(
        _ places: inout GrowingMemory<SetPlace>, _ bytes: borrowing GrowingMemory<UInt8>
    ) {
        var sorted = places.mutableSpan
        for index in 1..<sorted.count {
            let place = sorted[index]
            var free = index
            while free > 0, place.precedes(sorted[free - 1], in: bytes) {
                sorted[free] = sorted[free - 1]
                free -= 1
            }
            sorted[free] = place
        }
    }

    /// O(count) where the values came in order.
    private static func sortMany(
        _ places: inout GrowingMemory<SetPlace>, _ bytes: borrowing GrowingMemory<UInt8>
    ) {
        var sorted = places.mutableSpan
        var index = 1
        while index < sorted.count, sorted[index - 1].precedes(sorted[index], in: bytes) {
            index += 1
        }
        guard index < sorted.count else { return }
        sorted.sort(0..<sorted.count) { $0.precedes($1, in: bytes) }
    }

    /// Moves one of each value to the front, up to the limit; returns their number.
    private static func moveDistinct(
        _ places: inout GrowingMemory<SetPlace>, _ bytes: borrowing GrowingMemory<UInt8>,
        limit: Int
    ) -> Int {
        var sorted = places.mutableSpan
        var kept = 1
        for index in 1..<sorted.count {
            let place = sorted[index]
            if sorted[kept - 1].isSame(place, in: bytes) { continue }
            if kept == limit { break }
            sorted[kept] = place
            kept += 1
        }
        return kept
    }

    /// Frees the bytes of values that the set does not need.
    private mutating func compact() {
        sort()
        bytes = Self.copy(&places, of: bytes)
    }

    /// The bytes of those places alone, which then stand for the copy.
    private static func copy(
        _ places: inout GrowingMemory<SetPlace>, of bytes: borrowing GrowingMemory<UInt8>
    ) -> GrowingMemory<UInt8> {
        var kept = GrowingMemory<UInt8>(capacity: bytes.count)
        var places = places.mutableSpan
        for index in places.indices {
            let start = kept.count
            kept.append(places[index].range, of: bytes.span)
            places[index].move(to: start)
        }
        return kept
    }
}
