// The meaning of the ranges of a group and of the index, for dumps.

extension GroupView {
    /// Everything before the rows, in file order.
    func parts() throws(Damage) -> [(Range<Int>, String)] {
        var parts = [(counts, "\(rowCount) rows, sizes")]
        switch form {
        case .numbers:
            for row in 1..<max(1, rowCount) {
                let offset = number(row) &- number(0)
                parts.append((keyRange(row), "key of row \(row): the first + \(offset)"))
            }
        case .bytes: parts.append((suffixEnds.range, "ends of key suffixes"))
        }
        parts.append((rowEnds.range, "ends of rows"))
        if form == .bytes {
            parts.append((prefix, "shared key prefix"))
            for row in 0..<rowCount { parts.append((try suffix(row), "key suffix of row \(row)")) }
        }
        return parts
    }
}

extension TableIndex {
    /// The index and separators sections, in file order.
    func parts() throws(Damage) -> [(Range<Int>, TablePart, String)] {
        var parts: [(Range<Int>, TablePart, String)] = [
            (range.prefix(TableIndexBuilder.headerSize), .index, "base, shift, bucket count"),
            (prefix, .index, "prefix of all keys"),
            (directoryAt..<entriesAt, .index, "directory"),
            (entriesAt..<entriesAt + 8, .index, "start of group 0"),
        ]
        for group in 0..<groupCount {
            let at = entriesAt + 16 * group + 8
            parts.append((at..<at + 8, .index, "head of group \(group)"))
            parts.append((at + 8..<at + 16, .index, "end of group \(group)"))
        }
        guard form == .bytes else { return parts }
        for group in 0..<groupCount {
            let at = separatorEndsAt + 8 * group
            parts.append((at..<at + 8, .keys, "end of the separator of group \(group)"))
        }
        for group in 0..<groupCount {
            parts.append((try separator(group), .keys, "separator of group \(group)"))
        }
        return parts
    }
}
