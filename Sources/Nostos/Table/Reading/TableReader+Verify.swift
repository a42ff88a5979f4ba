import Dispatch
import Synchronization

extension TableReader {
    /// The size of a page, the unit of checksums, in bytes.
    public static let pageSize = TableFormat.pageSize

    /// Reads every page again and returns an error for each that does not have its sum.
    ///
    /// The errors are ``TableError/corrupt(file:part:offset:detail:)``, in the order of the file.
    /// Pages whose sums are damaged cannot be checked; the error is then that of their sums, once.
    ///
    /// - Complexity: O(the file's size).
    public func damages() -> [TableError] {
        var damages: [TableError] = []
        var offsets: Set<Int> = []
        func check(_ verify: () throws(Damage) -> Void) {
            do throws(Damage) { try verify() } catch {
                guard offsets.insert(error.offset).inserted else { return }
                damages.append(Self.corrupt(file, footer, error.offset, error.detail))
            }
        }
        check { () throws(Damage) in try verifier.verifyRoot() }
        for page in 0..<footer.range(of: .pageSums).count / 8 {
            check { () throws(Damage) in try verifier.verify(page: page) }
        }
        return damages
    }

    /// Reads every byte of the file: all checksums again, the order of all keys, the index, all
    /// rows, counts.
    ///
    /// - Returns: the number of records.
    /// - Complexity: O(the file's size), shared among all processors.
    public func verify() throws(TableError) -> Int {
        if let damage = damages().first { throw damage }
        _ = try metadata()
        let parts = verifiedParts
        let count = try verifyRows(parts)
        guard count == footer.rowCount else {
            throw Self.corrupt(
                file, footer, footer.range(of: .footer).lowerBound,
                "\(footer.rowCount) rows, found \(count)")
        }
        for damage in Self.atOnce(parts, verifyIndex) {
            if let damage { throw corrupt(damage) }
        }
        guard isWhole else {
            let error = Damage(lostIn: 0..<mapping.size, mapping)
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        return count
    }

    /// The groups of the table in parts, for as many threads as there are processors.
    private var verifiedParts: [Range<Int>] {
        let groupCount = index.groupCount
        let partCount = min(16, max(1, groupCount))
        return (0..<partCount).map { part in
            groupCount * part / partCount..<groupCount * (part + 1) / partCount
        }
    }

    /// The results of `verify` for all parts, which are worked on at the same time.
    private static func atOnce<Result: Sendable>(
        _ parts: [Range<Int>], _ verify: @Sendable (Range<Int>) -> Result?
    ) -> [Result?] {
        let results = Mutex([Result?](repeating: nil, count: parts.count))
        DispatchQueue.concurrentPerform(iterations: parts.count) { part in
            let result = verify(parts[part])
            results.withLock { $0[part] = result }
        }
        return results.withLock { $0 }
    }

    /// Verifies all rows; of several faults it reports the first in the file.
    private func verifyRows(_ parts: [Range<Int>]) throws(TableError) -> Int {
        var count = 0
        var previous: [UInt8]?
        for proof in Self.atOnce(parts, verifyRows) {
            guard let proof, proof.count > 0 || proof.fault != nil else { continue }
            if proof.count > 0, let previous, !previous.span.precedes(proof.firstKey.span) {
                throw unsorted(row: count)
            }
            switch proof.fault {
            case nil: break
            case .table(let error): throw error
            case .unsorted: throw unsorted(row: count + proof.count)
            case .foreignKey:
                throw Self.corrupt(
                    file, footer, footer.range(of: .groups).lowerBound,
                    "the key of row \(count + proof.count) is no key of the schema")
            }
            count += proof.count
            previous = proof.lastKey
        }
        return count
    }

    private func unsorted(row: Int) -> TableError {
        Self.corrupt(
            file, footer, footer.range(of: .groups).lowerBound,
            "the key of row \(row) does not sort after the one before it")
    }

    /// The result of verifying the rows of some groups.
    private struct RowProof: Sendable {
        /// The fault of the row after the good ones.
        enum Fault {
            case table(TableError)
            case unsorted, foreignKey
        }

        /// Good rows.
        var count = 0
        var firstKey: [UInt8] = []
        var lastKey: [UInt8] = []
        var fault: Fault?
    }

    private func verifyRows(_ groups: Range<Int>) -> RowProof? {
        let all = select()
        var cursor = TableCursor(self, groups: groups)
        var scratch: [UInt8] = []
        var proof = RowProof()
        do throws(TableError) {
            while try cursor.next(in: self) {
                if proof.count > 0, !Self.precedes(proof.lastKey.span, cursor.key.span) {
                    proof.fault = .unsorted
                    return proof
                }
                guard info.schema.key.isValid(cursor.key.span) else {
                    proof.fault = .foreignKey
                    return proof
                }
                scratch.removeAll(keepingCapacity: true)
                try cursor.appendJSON(all, into: &scratch)
                if proof.count == 0 { proof.firstKey = cursor.key }
                cursor.exchangeKey(&proof.lastKey)
                proof.count += 1
            }
        } catch {
            proof.fault = .table(error)
        }
        return proof
    }

    /// Whether one key sorts before another; without a call for keys of 8 bytes, which most are.
    static func precedes(_ key: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard key.count == 8, other.count == 8 else { return key.precedes(other) }
        return key.load(UInt64.self, at: 0).byteSwapped < other.load(UInt64.self, at: 0).byteSwapped
    }

    /// The first and the last key of every group must be found there, so that all are.
    private func verifyIndex(_ groups: Range<Int>) -> Damage? {
        do throws(Damage) {
            var key: [UInt8] = []
            for ordinal in groups { try verifyIndex(of: ordinal, &key) }
            return nil
        } catch {
            return error
        }
    }

    private func verifyIndex(of ordinal: Int, _ key: inout [UInt8]) throws(Damage) {
        let group = try group(ordinal)
        try verifyFilter(of: group, ordinal, &key)
        for row in [0, group.rowCount - 1] {
            key.removeAll(keepingCapacity: true)
            try appendKey(of: group, row, to: &key)
            let place = try lowerBound(key.span)
            guard place == (ordinal, row) else {
                throw Damage(
                    offset: footer.range(of: .index).lowerBound,
                    detail: "the index leads from row \(row) of group \(ordinal) elsewhere")
            }
        }
    }

    /// Every key of a group must be one that its filter lets through.
    private func verifyFilter(
        of group: GroupView, _ ordinal: Int, _ key: inout [UInt8]
    ) throws(Damage) {
        guard let filters else { return }
        for row in 0..<group.rowCount {
            key.removeAll(keepingCapacity: true)
            try appendKey(of: group, row, to: &key)
            let number = keyForm == .numbers ? group.number(row) : 0
            let hash = KeyFilter.hash(key.span, number: number, keyForm)
            guard filters.mayContain(hash, group: ordinal) else {
                throw Damage(
                    offset: filters.range(ofGroup: ordinal).lowerBound,
                    detail: "the filter of group \(ordinal) denies row \(row)")
            }
        }
    }

    func corrupt(_ damage: Damage) -> TableError {
        Self.corrupt(file, footer, damage.offset, damage.detail)
    }
}
