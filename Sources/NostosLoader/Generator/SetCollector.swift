import Nostos

/// The values of one key in one set field, while they arrive.
///
/// Reused from key to key. Holds at most twice the bytes of the distinct values, or of
/// `EncodedValue.maxSize`.
struct SetCollector {
    private var bytes: [UInt8] = []
    private var values: [Range<Int>] = []
    private var isSorted = true
    /// At this size repeated values are looked for, to go on with the distinct ones.
    private var threshold: Int
    private let maxSize: Int

    /// A collector of sets whose distinct values take up to `maxSize` bytes.
    init(maxSize: Int = EncodedValue.maxSize) {
        self.maxSize = maxSize
        threshold = maxSize
    }

    /// Adds one encoded value; NULL is no member.
    ///
    /// - Returns: false when the distinct values are above the limit.
    mutating func add(_ value: Span<UInt8>) -> Bool {
        guard value[0] != EncodedValue.Tag.null.rawValue else { return true }
        if repeatsLast(value) { return true }
        if !followsLast(value) { isSorted = false }
        let start = bytes.count
        bytes.append(value)
        values.append(start..<bytes.count)
        guard bytes.count > threshold else { return true }
        compact()
        threshold = max(maxSize, min(2 * bytes.count, 2 * maxSize))
        return bytes.count <= maxSize
    }

    /// Appends the set as an encoded list, distinct and in order, and starts anew.
    ///
    /// - Returns: false when the distinct values are above the limit; nothing was appended.
    mutating func finish(to output: inout [UInt8]) -> Bool {
        if !isSorted { compact() }
        guard bytes.count <= maxSize else { return false }
        output.append(EncodedValue.Tag.list.rawValue)
        output.append(varint: UInt64(bytes.count))
        output.append(bytes.span)
        removeAll()
        return true
    }

    private func repeatsLast(_ value: Span<UInt8>) -> Bool {
        guard let last = values.last else { return false }
        return bytes.span.extracting(last).elementsEqual(value)
    }

    private func followsLast(_ value: Span<UInt8>) -> Bool {
        guard let last = values.last else { return true }
        return EncodedValue.precedes(bytes.span.extracting(last), value)
    }

    private mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        isSorted = true
        threshold = maxSize
    }

    /// Sorts the values and leaves one of each, the bytes in that order too.
    private mutating func compact() {
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
            places.append(distinct.count..<distinct.count + next.count)
            distinct.append(next)
        }
        (bytes, values, isSorted) = (distinct, places, true)
    }
}
