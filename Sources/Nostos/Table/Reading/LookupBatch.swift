/// Keys to be looked up together, and the answers: made once and used again and again.
///
/// A lookup of many keys waits for memory once, not once for each key: see
/// ``TableReader/get(_:_:into:)``. Two threads must not use one value at the same time.
public struct LookupBatch {
    /// The number of keys that go through the stages of a lookup together: as many as have their
    /// lines in the nearest cache.
    public static let blockSize = 32

    private var keys: [UInt8] = []
    private var keyEnds: [Int] = []
    /// The ranges of answers in the output; empty for a key that is not there.
    private var answers: [Range<Int>] = []
    private var probes: [TableReader.Probe?]
    private var rows: [RowPlace?]

    /// A batch of no keys.
    public init() {
        probes = Array(repeating: nil, count: Self.blockSize)
        rows = Array(repeating: nil, count: Self.blockSize)
    }

    /// The number of keys in the batch.
    public var count: Int { keyEnds.count }
    /// The number of keys, from the first on, that the last lookup answered.
    public var answerCount: Int { answers.count }

    /// Removes all keys; their room stays.
    public mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
    }

    /// Adds an encoded key after those before; the same key may come more than once.
    public mutating func append(_ key: Span<UInt8>) {
        keys.append(key)
        keyEnds.append(keys.count)
    }

    /// The range of the answer for the key of that ordinal in the output; nil when there is no such
    /// key.
    ///
    /// Only after a lookup of the batch, and below ``answerCount``.
    public func answer(_ ordinal: Int) -> Range<Int>? {
        let answer = answers[ordinal]
        return answer.isEmpty ? nil : answer
    }
}

extension TableReader {
    /// Appends the selected fields of many records, each as ``get(_:_:into:)`` does, in the order
    /// of the keys.
    ///
    /// The stages of a lookup (index, group, row) are done for many keys each, and each stage asks
    /// for the memory of the next, so that the waits overlap. Nothing is allocated for a key.
    ///
    /// - Parameters:
    ///   - batch: the keys; it has the place of each answer afterwards.
    ///   - selection: made by ``select(_:)`` of this table.
    ///   - output: gets the texts, one after another, after its content.
    ///   - maxSize: the lookup ends after the first record with which the texts take more bytes.
    /// - Returns: how many keys were found.
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; `output` is as before.
    public func get(
        _ batch: inout LookupBatch, _ selection: FieldSelection, into output: inout [UInt8],
        upTo maxSize: Int = .max
    ) throws(TableError) -> Int {
        let start = output.count
        do throws(Damage) {
            let found = try batch.run(self, selection, into: &output, upTo: maxSize)
            if isWhole { return found }
        } catch {
            output.removeLast(output.count - start)
            if isWhole { throw corrupt(error) }
        }
        output.removeLast(output.count - start)
        do throws(Damage) {
            return try carefully { twin throws(Damage) in
                output.removeLast(output.count - start)
                return try batch.run(twin, selection, into: &output, upTo: maxSize)
            }
        } catch {
            output.removeLast(output.count - start)
            throw corrupt(error)
        }
    }
}

extension LookupBatch {
    fileprivate mutating func run(
        _ table: TableReader, _ selection: FieldSelection, into output: inout [UInt8],
        upTo maxSize: Int
    ) throws(Damage) -> Int {
        try table.prepareOnce()
        answers.removeAll(keepingCapacity: true)
        let origin = output.count
        var found = 0
        var first = 0
        while first < count {
            let block = first..<min(first + Self.blockSize, count)
            try findRows(of: block, in: table)
            for slot in 0..<block.count {
                let start = output.count
                if let row = rows[slot] {
                    try table.append(selection, of: row, to: &output)
                    found += 1
                }
                answers.append(start..<output.count)
                guard output.count - origin <= maxSize else { return found }
            }
            first = block.upperBound
        }
        return found
    }

    private mutating func findRows(
        of block: Range<Int>, in table: TableReader
    ) throws(Damage) {
        for ordinal in block {
            let range = keyRange(ordinal)
            probes[ordinal - block.lowerBound] = try table.probe(
                for: keys.span.extracting(range), guessesRow: false)
        }
        for ordinal in block {
            let slot = ordinal - block.lowerBound
            rows[slot] = nil
            guard let probe = probes[slot] else { continue }
            let range = keyRange(ordinal)
            guard let row = try table.row(of: keys.span.extracting(range), probe) else { continue }
            table.bytes.prefetch(row.size, at: row.offset)
            rows[slot] = row
        }
    }

    private func keyRange(_ ordinal: Int) -> Range<Int> {
        (ordinal == 0 ? 0 : keyEnds[ordinal - 1])..<keyEnds[ordinal]
    }
}
