import Nostos

/// The distinct values, NULLs left out, in the order of `EncodedValue.precedes`; of a limited set
/// the first ones in that order.
///
/// Holds at most twice the bytes of the set, or of its limit in bytes; of a limited set at most
/// twice as many values.
final class SetCollector: FieldCollector {
    private var bytes: [UInt8] = []
    private var values: [Range<Int>] = []
    private var isSorted = true
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

    func add(_ value: Span<UInt8>) throws(CollectorProblem) {
        guard value[0] != EncodedValue.Tag.null.rawValue, !repeatsLast(value) else { return }
        if !followsLast(value) { isSorted = false }
        let start = bytes.count
        bytes.append(value)
        values.append(start..<bytes.count)
        guard bytes.count > sizeThreshold || values.count > countThreshold else { return }
        compact()
        sizeThreshold = max(maxSize, min(2 * bytes.count, 2 * maxSize))
        guard bytes.count <= maxSize else { throw .tooLarge(limit: maxSize) }
    }

    func finish(to output: inout [UInt8]) throws(CollectorProblem) {
        if !isSorted || values.count > limit { compact() }
        guard bytes.count <= maxSize else { throw .tooLarge(limit: maxSize) }
        output.append(EncodedValue.Tag.list.rawValue)
        output.append(varint: UInt64(bytes.count))
        output.append(bytes.span)
        removeAll()
    }

    private func repeatsLast(_ value: Span<UInt8>) -> Bool {
        guard let last = values.last else { return false }
        // A copy of the reference: a span of the property would borrow the object.
        let bytes = bytes
        return bytes.span.extracting(last).elementsEqual(value)
    }

    private func followsLast(_ value: Span<UInt8>) -> Bool {
        guard let last = values.last else { return true }
        let bytes = bytes
        return EncodedValue.precedes(bytes.span.extracting(last), value)
    }

    private func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        isSorted = true
        sizeThreshold = maxSize
    }

    /// Sorts the values and leaves one of each of the first ones, the bytes in that order too.
    private func compact() {
        let source = bytes
        values.sort { left, right in
            EncodedValue.precedes(source.span.extracting(left), source.span.extracting(right))
        }
        var distinct: [UInt8] = []
        distinct.reserveCapacity(source.count)
        var places: [Range<Int>] = []
        for value in values {
            let next = source.span.extracting(value)
            if let last = places.last, distinct.span.extracting(last).elementsEqual(next) {
                continue
            }
            guard places.count < limit else { break }
            places.append(distinct.count..<distinct.count + next.count)
            distinct.append(next)
        }
        (bytes, values, isSorted) = (distinct, places, true)
    }
}
