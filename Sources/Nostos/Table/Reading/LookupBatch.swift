/// Keys to be looked up together, and what was found: made once and used again and again.
///
/// Looking up many keys at once waits for memory once, not once a key: see
/// ``TableReader/get(_:_:into:)``. A value that no two threads may use at once.
public struct LookupBatch {
    /// The number of keys that go through the stages of a lookup together: as many as the nearest
    /// cache has room for the lines of.
    public static let blockSize = 32

    private var keys: [UInt8] = []
    private var keyEnds: [Int] = []
    /// The ranges of the answers in the output; empty where there is no such key.
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
    /// For how many of them, from the first on, the last lookup gave an answer.
    public var answerCount: Int { answers.count }

    /// Removes all keys; their room stays.
    public mutating func removeAll() {
        keys.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
    }

    /// Adds an encoded key behind those before; the same key may come more than once.
    public mutating func append(_ key: Span<UInt8>) {
        keys.append(key)
        keyEnds.append(keys.count)
    }

    /// The range in the output of the answer for the key of that ordinal; nil when there is no such
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
    ///   - batch: the keys; tells afterwards where each answer lies.
    ///   - selection: made by ``select(_:)`` of this table.
    ///   - output: gets the texts, one after another, behind what it holds.
    ///   - maxSize: ends the lookup behind the first record with which the texts take more bytes.
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
