/// The parts of a query that is one compound SELECT (`UNION`, `INTERSECT`, `EXCEPT`).
///
/// SQLite reports the first part's declared types for the whole query. (For a compound SELECT in
/// parentheses it compares the parts itself.)
struct SQLiteCompound: Equatable {
    /// The query's `WITH` clause, without which a part may not compile; empty where there is none.
    private(set) var prefix: [UInt8] = []
    /// The SELECTs, without what orders or limits them all.
    private(set) var parts: [[UInt8]] = []

    /// The parts of a query; nil where it is no compound SELECT.
    init?(_ query: QueryText) {
        let end = query.statementEnd
        var offset = query.firstWord() ?? end
        var start = offset
        var partEnd: Int?
        var isInWith = query.word(at: offset) == "WITH"
        var depth = 0
        while offset < end {
            let next = query.tokenEnd(at: offset)
            switch query.bytes[offset] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case _ where depth > 0: break
            default:
                switch query.word(at: offset) {
                case "UNION", "INTERSECT", "EXCEPT":
                    parts.append(Array(query.bytes[start..<offset]))
                    start = next
                case "ALL" where query.firstWord(from: start) == offset: start = next
                case "ORDER", "LIMIT": partEnd = partEnd ?? offset
                case "SELECT", "VALUES":
                    guard isInWith else { break }
                    isInWith = false
                    prefix = Array(query.bytes[start..<offset])
                    start = offset
                default: break
                }
            }
            offset = next
        }
        guard !parts.isEmpty else { return nil }
        parts.append(Array(query.bytes[start..<(partEnd ?? end)]))
    }
}
