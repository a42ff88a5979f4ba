extension TableReader {
    /// The size of a page, the unit of checksums, in bytes.
    public static let pageSize = TableFormat.pageSize

    /// Reads every page again and gives an error, ``TableError/corrupt(file:part:offset:detail:)``,
    /// for each that does not have its sum, in the order of the file; empty when all do.
    ///
    /// Pages whose sums are damaged cannot be checked; the error is then that of their sums, once.
    ///
    /// - Complexity: O(the file's size).
    public func damages() -> [TableError] {
        var damages: [TableError] = []
        var offsets: Set<Int> = []
        func check(_ verify: () throws(PageError) -> Void) {
            do throws(PageError) { try verify() } catch {
                guard offsets.insert(error.offset).inserted else { return }
                damages.append(Self.corrupt(file, footer, error.offset, error.detail))
            }
        }
        check { () throws(PageError) in try verifier.verifyRoot() }
        for page in 0..<footer.range(of: .pageSums).count / 8 {
            check { () throws(PageError) in try verifier.verify(page: page) }
        }
        return damages
    }

    /// Reads every byte of the file: all checksums again, the order of all keys, the index, all
    /// rows, counts.
    ///
    /// - Returns: the number of records.
    public func verify() throws(TableError) -> Int {
        if let damage = damages().first { throw damage }
        _ = try metadata()
        let count = try verifyRows()
        guard count == footer.rowCount else {
            throw Self.corrupt(
                file, footer, footer.range(of: .footer).lowerBound,
                "\(footer.rowCount) rows, found \(count)")
        }
        do throws(Damage) { try verifyIndex() } catch { throw corrupt(error) }
        guard isWhole else {
            let error = PageError(lostIn: 0..<mapping.size, mapping)
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        return count
    }

    private func verifyRows() throws(TableError) -> Int {
        let all = select()
        var cursor = makeCursor()
        var previous: [UInt8]?
        var scratch: [UInt8] = []
        var count = 0
        while try cursor.next() {
            if let previous, !previous.span.precedes(cursor.key.span) {
                throw Self.corrupt(
                    file, footer, footer.range(of: .groups).lowerBound,
                    "the key of row \(count) does not sort after the one before it")
            }
            guard info.schema.key.decode(cursor.key.span) != nil else {
                throw Self.corrupt(
                    file, footer, footer.range(of: .groups).lowerBound,
                    "the key of row \(count) is no key of the schema")
            }
            scratch.removeAll(keepingCapacity: true)
            try cursor.appendJSON(all, into: &scratch)
            previous = cursor.key
            count += 1
        }
        return count
    }

    /// The first and the last key of every group must be found there, so that all are.
    private func verifyIndex() throws(Damage) {
        var key: [UInt8] = []
        for ordinal in 0..<index.groupCount {
            let group = try group(ordinal)
            try verifyFilter(of: group, ordinal)
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
    }

    /// Every key of a group must be one that its filter lets through.
    private func verifyFilter(of group: GroupView, _ ordinal: Int) throws(Damage) {
        guard let filters else { return }
        var key: [UInt8] = []
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
