extension TableReader {
    /// Reads every byte of the file: all checksums again, the order of all keys, the index, all
    /// rows, counts.
    ///
    /// - Returns: the number of records.
    public func verify() throws(TableError) -> Int {
        for page in 0..<footer.range(of: .pageSums).count / 8 {
            do throws(PageError) { try verifier.verify(page: page) } catch {
                throw Self.corrupt(file, footer, error.offset, error.detail)
            }
        }
        _ = try metadata()
        let count = try verifyRows()
        guard count == footer.rowCount else {
            throw Self.corrupt(
                file, footer, footer.range(of: .footer).lowerBound,
                "\(footer.rowCount) rows, found \(count)")
        }
        do throws(Damage) { try verifyIndex() } catch { throw corrupt(error) }
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
