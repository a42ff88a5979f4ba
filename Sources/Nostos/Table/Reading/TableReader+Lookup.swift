import Synchronization

// From keys to rows. Nothing here counts references or allocates: the reader's parts that a lookup
// needs are plain data.
extension TableReader {
    /// The row of a key; nil when there is no such key.
    @inline(__always)
    func find(_ key: Span<UInt8>) throws(Damage) -> RowPlace? {
        try prepareOnce()
        guard let probe = try probe(for: key, guessesRow: true), try mayHold(key, probe) else {
            return nil
        }
        return try row(of: key, probe)
    }

    /// Whether the group may hold the key, by its filter: read while the group is being fetched.
    ///
    /// Batches do not ask, because their waits overlap.
    @inline(__always)
    func mayHold(_ key: Span<UInt8>, _ probe: Probe) throws(Damage) -> Bool {
        guard let filters else { return true }
        try verifyPages(filters.range(ofGroup: probe.ordinal))
        let hash = KeyFilter.hash(key, number: probe.number, keyForm)
        return filters.mayContain(hash, group: probe.ordinal)
    }

    /// The place at which a key is searched: the group, and the key's number where keys are
    /// numbers.
    struct Probe {
        let ordinal: Int
        let range: Range<Int>
        let number: UInt64
        /// The place in the group at which it is expected, 0 to 1.
        let share: Float
    }

    /// Searches the index, and asks for the parts of the group that ``row(of:_:)`` will read, and
    /// for the row itself where it is worth guessing.
    @inline(__always)
    func probe(for key: Span<UInt8>, guessesRow: Bool) throws(Damage) -> Probe? {
        var number: UInt64 = 0
        let ordinal: Int?
        if keyForm == .numbers {
            guard let code = keyCode.code(of: key, in: bytes) else { return nil }
            number = code
            ordinal = try index.group(ofNumber: code)
        } else {
            ordinal = try index.group(of: key)
        }
        guard let ordinal else { return nil }
        // First in the queue, because it is read first: after the group's lines it came later.
        if guessesRow { filters?.prefetch(group: ordinal) }
        let range = try index.range(ordinal)
        guard keyForm == .numbers else {
            bytes.prefetch(min(Self.headSize, range.count), at: range.lowerBound)
            return Probe(ordinal: ordinal, range: range, number: 0, share: 0)
        }
        let share = index.share(of: number, inGroup: ordinal)
        index.prefetch(range, ofGroup: ordinal, share: share, row: guessesRow)
        return Probe(ordinal: ordinal, range: range, number: number, share: share)
    }

    /// About what counts and ends of a group take where keys are bytes.
    private static let headSize = 320

    /// Searches the group.
    @inline(__always)
    func row(of key: Span<UInt8>, _ probe: Probe) throws(Damage) -> RowPlace? {
        if keyForm == .numbers {
            try verifyPages(probe.range)
            let row = try GroupView.row(
                of: probe.number, first: index.head(probe.ordinal), at: probe.share, bytes,
                probe.range)
            return row.map { RowPlace(bytes, $0) }
        }
        let group = try group(probe.ordinal, in: probe.range)
        let (row, isEqual) = try group.lowerBound(key)
        return isEqual ? try place(of: row, in: group) : nil
    }

    /// The place of a row of a group, for decoding.
    @inline(__always)
    func place(of row: Int, in group: GroupView) throws(Damage) -> RowPlace {
        RowPlace(bytes, try group.row(row))
    }

    /// The group in which the first key stands that does not sort before `key`, if any does, and
    /// that key's row there: the group's row count when it is the first of the next group.
    func lowerBound(_ key: Span<UInt8>) throws(Damage) -> (ordinal: Int, row: Int) {
        try prepareOnce()
        guard keyForm == .numbers else {
            guard let ordinal = try index.group(of: key) else { return (0, 0) }
            return (ordinal, try group(ordinal).lowerBound(key).index)
        }
        guard let number = keyCode.lowerBound(of: key, in: bytes) else {
            return (index.groupCount, 0)
        }
        guard let ordinal = try index.group(ofNumber: number) else { return (0, 0) }
        return (ordinal, try group(ordinal).lowerBound(number: number).index)
    }

    /// The group of that ordinal, its bytes verified.
    func group(_ ordinal: Int) throws(Damage) -> GroupView {
        try prepareOnce()
        return try group(ordinal, in: try index.range(ordinal))
    }

    @inline(__always)
    private func group(_ ordinal: Int, in range: Range<Int>) throws(Damage) -> GroupView {
        try verifyPages(range)
        return try GroupView(bytes, range, keyForm, first: index.head(ordinal))
    }

    /// Appends the encoded key of a row of a group.
    func appendKey(of group: GroupView, _ row: Int, to key: inout [UInt8]) throws(Damage) {
        guard keyForm == .numbers else { return try group.appendKey(row, to: &key) }
        let number = group.number(row)
        guard keyCode.append(number, in: bytes, to: &key) else {
            throw Damage(offset: group.counts.lowerBound, detail: "no key has the number \(number)")
        }
    }

    /// Appends the selected fields of a row that was found here, so that the vocabularies are
    /// checked.
    @inline(__always)
    func append(
        _ selection: FieldSelection, of row: RowPlace, to output: inout [UInt8]
    ) throws(Damage) {
        precondition(selection.program.belongs(to: mapping), "a selection of another table")
        try selection.program.view.append(row, to: &output)
    }

    /// Checks that the bytes of a range have their sums: one bit tested for each page, once all
    /// were good.
    @inline(__always)
    func verifyPages(_ range: Range<Int>) throws(Damage) {
        guard !range.isEmpty else { return }
        var page = range.lowerBound / TableFormat.pageSize
        let last = (range.upperBound - 1) / TableFormat.pageSize
        while page <= last, goodPages.contains(page) { page += 1 }
        if page <= last { try verifyAnew(range) }
    }

    @inline(never)
    private func verifyAnew(_ range: Range<Int>) throws(Damage) {
        try verifier.verify(range)
    }

    @inline(__always)
    func prepareOnce() throws(Damage) {
        if !isPrepared.load(ordering: .acquiring) { try prepareIndex() }
    }

    // Two threads may both do this; both find the same.
    @inline(never)
    func prepareIndex() throws(Damage) {
        let parts: [TablePart] = [.index, .keys, .vocabularies]
        for part in parts { try verifyPages(footer.range(of: part)) }
        guard !verifier.isCareful else { return }
        try decoding.validateVocabularies()
        isPrepared.store(true, ordering: .releasing)
    }
}
