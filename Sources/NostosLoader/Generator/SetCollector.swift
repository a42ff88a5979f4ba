import Nostos

/// The distinct values, NULLs left out, in the order of `EncodedValue.precedes`; of a limited set
/// the first ones in that order.
final class SetCollector: FieldCollector {
    // All that happens is the structure's, which calls nothing that comes back here: no need to
    // check with every value that two accesses overlap.
    @exclusivity(unchecked) private var values: SetValues

    /// A collector of sets whose distinct values take up to `maxSize` bytes, and of which the first
    /// `limit` are kept.
    init(maxSize: Int = EncodedValue.maxSize, limit: Int? = nil) {
        unsafe values = SetValues(maxSize: maxSize, limit: limit)
    }

    func add(_ value: Span<UInt8>) throws(CollectorProblem) { try unsafe values.add(value) }

    func finish(to output: inout [UInt8]) throws(CollectorProblem) {
        try unsafe values.finish(to: &output)
    }
}

/// The values of one set while they arrive.
///
/// Holds at most twice the bytes of the set, or of its limit in bytes; of a limited set at most
/// twice as many values.
private struct SetValues {
    private var bytes: [UInt8] = []
    private var places: [Range<Int>] = []
    private var isSorted = true
    /// At this size or count repeated values are looked for, to go on with the distinct ones.
    private var sizeThreshold: Int
    private let countThreshold: Int
    private let maxSize: Int
    private let limit: Int

    init(maxSize: Int, limit: Int?) {
        self.maxSize = maxSize
        self.limit = limit ?? .max
        countThreshold = limit.map { 2 * $0 } ?? .max
        sizeThreshold = maxSize
    }

    mutating func add(_ value: Span<UInt8>) throws(CollectorProblem) {
        guard value[0] != EncodedValue.Tag.null.rawValue, !repeatsLast(value) else { return }
        if isSorted { isSorted = followsLast(value) }
        let start = bytes.count
        bytes.append(value)
        places.append(start..<bytes.count)
        guard bytes.count > sizeThreshold || places.count > countThreshold else { return }
        compact()
        sizeThreshold = max(maxSize, min(2 * bytes.count, 2 * maxSize))
        guard bytes.count <= maxSize else { throw .tooLarge(limit: maxSize) }
    }

    private func repeatsLast(_ value: Span<UInt8>) -> Bool {
        guard let last = places.last else { return false }
        return bytes.span.extracting(last).elementsEqual(value)
    }

    private func followsLast(_ value: Span<UInt8>) -> Bool {
        guard let last = places.last else { return true }
        return EncodedValue.precedes(bytes.span.extracting(last), value)
    }

    mutating func finish(to output: inout [UInt8]) throws(CollectorProblem) {
        sort()
        let size = places.reduce(0) { $0 + $1.count }
        guard size <= maxSize else { throw .tooLarge(limit: maxSize) }
        output.append(EncodedValue.Tag.list.rawValue)
        output.append(varint: UInt64(size))
        for place in places { output.append(bytes.span.extracting(place)) }
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        isSorted = true
        sizeThreshold = maxSize
    }

    /// Puts the places in order and leaves one of each value, of the first ones.
    private mutating func sort() {
        if !isSorted {
            let source = bytes
            places.sort { left, right in
                EncodedValue.precedes(source.span.extracting(left), source.span.extracting(right))
            }
            var count = 1
            for index in 1..<places.count {
                let value = source.span.extracting(places[index])
                let isRepeated = source.span.extracting(places[count - 1]).elementsEqual(value)
                if isRepeated { continue }
                places[count] = places[index]
                count += 1
            }
            places.removeLast(places.count - count)
        }
        if places.count > limit { places.removeLast(places.count - limit) }
    }

    /// Gives up the bytes of values that the set does not need.
    private mutating func compact() {
        sort()
        var kept: [UInt8] = []
        for index in places.indices {
            let start = kept.count
            kept.append(bytes.span.extracting(places[index]))
            places[index] = start..<kept.count
        }
        (bytes, isSorted) = (kept, true)
    }
}
