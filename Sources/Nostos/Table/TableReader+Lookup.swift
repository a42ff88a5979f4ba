import Synchronization

// From keys to rows.
extension TableReader {
    /// The group and the row of a key; nil when there is no such key.
    @inline(__always)
    func find(_ key: Span<UInt8>) throws(Damage) -> (group: GroupView, row: Int)? {
        try prepareOnce()
        switch keyForm {
        case .numbers:
            guard key.count == 8 else { return nil }
            let number = TableIndexBuilder.head(of: key)
            guard let ordinal = try index.group(ofNumber: number) else { return nil }
            let group = try self.group(ordinal)
            let (row, isEqual) = group.lowerBound(number: number)
            return isEqual ? (group, row) : nil
        case .bytes:
            guard let ordinal = try index.group(of: key) else { return nil }
            let group = try self.group(ordinal)
            let (row, isEqual) = try group.lowerBound(key)
            return isEqual ? (group, row) : nil
        }
    }

    /// The group in which the first key stands that does not sort before `key`, if any does, and
    /// that key's row there: the group's row count when it is the first of the next group.
    func lowerBound(_ key: Span<UInt8>) throws(Damage) -> (ordinal: Int, row: Int) {
        try prepareOnce()
        switch keyForm {
        case .numbers:
            guard let number = Self.leastNumber(notBefore: key) else {
                return (index.groupCount, 0)
            }
            guard let ordinal = try index.group(ofNumber: number) else { return (0, 0) }
            return (ordinal, try group(ordinal).lowerBound(number: number).index)
        case .bytes:
            guard let ordinal = try index.group(of: key) else { return (0, 0) }
            return (ordinal, try group(ordinal).lowerBound(key).index)
        }
    }

    /// The least number whose key does not sort before these bytes, of any length.
    private static func leastNumber(notBefore key: Span<UInt8>) -> UInt64? {
        let head = TableIndexBuilder.head(of: key)
        guard key.count > 8 else { return head }
        let (next, overflow) = head.addingReportingOverflow(1)
        return overflow ? nil : next
    }

    /// The group of that ordinal, its bytes verified.
    @inline(__always)
    func group(_ ordinal: Int) throws(Damage) -> GroupView {
        let range = try index.range(ordinal)
        try verifyPages(range)
        return try GroupView(bytes, range, keyForm, first: index.head(ordinal))
    }

    /// Appends the encoded key of a row of a group.
    func appendKey(of group: GroupView, _ row: Int, to key: inout [UInt8]) throws(Damage) {
        switch keyForm {
        case .numbers: key.append(littleEndian: group.number(row).byteSwapped)
        case .bytes: try group.appendKey(row, to: &key)
        }
    }

    /// Appends the selected fields of a row of a group.
    @inline(__always)
    func append(
        _ selection: FieldSelection, of row: Range<Int>, to output: inout [UInt8]
    ) throws(Damage) {
        precondition(selection.program.belongs(to: mapping), "a selection of another table")
        try prepareOnce()
        try selection.program.plan.append(RowPlace(bytes, row), to: &output)
    }

    @inline(__always)
    func verifyPages(_ range: Range<Int>) throws(Damage) {
        do throws(PageError) { try verifier.verify(range) } catch {
            throw Damage(offset: error.offset, detail: error.detail)
        }
    }

    @inline(__always)
    func prepareOnce() throws(Damage) {
        if !isPrepared.load(ordering: .acquiring) { try prepareIndex() }
    }

    // Two threads may both do this; both find the same.
    func prepareIndex() throws(Damage) {
        let parts: [TablePart] = [.index, .separators, .vocabularies]
        for part in parts { try verifyPages(footer.range(of: part)) }
        try decoder.validateVocabularies()
        isPrepared.store(true, ordering: .releasing)
    }
}
