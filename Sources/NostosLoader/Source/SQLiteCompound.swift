/// The parts of one compound SELECT (`UNION`, `INTERSECT`, `EXCEPT`) within a query.
struct SQLiteCompound: Equatable {
    /// The query's `WITH` clause, without which a part may not compile; empty where there is none.
    let prefix: [UInt8]
    /// The SELECTs, without what orders or limits them all.
    let parts: [[UInt8]]

    /// All compound SELECTs of a query: its own, and those in parentheses.
    static func all(in query: QueryText) -> [SQLiteCompound] {
        var scanner = Scanner(query)
        scanner.scan()
        return scanner.compounds
    }

    /// One level of parentheses while the query is scanned.
    private struct Level {
        var isCompound = false
        /// Where the part begins.
        var start: Int
        /// Where it ends, once `ORDER` or `LIMIT` was met.
        var end: Int?
        var parts: [Range<Int>] = []

        init(start: Int) { self.start = start }

        mutating func endPart(at offset: Int) { parts.append(start..<(end ?? offset)) }
    }

    private struct Scanner {
        let query: QueryText
        var compounds: [SQLiteCompound] = []
        private var levels: [Level]
        private var prefix: [UInt8] = []
        private var isInWith = false

        init(_ query: QueryText) {
            self.query = query
            levels = [Level(start: query.firstWord() ?? 0)]
        }

        mutating func scan() {
            var offset = query.firstWord() ?? 0
            isInWith = query.word(at: offset) == "WITH"
            let end = query.statementEnd
            while offset < end {
                let next = query.tokenEnd(at: offset)
                switch query.bytes[offset] {
                case UInt8(ascii: "("): levels.append(Level(start: next))
                case UInt8(ascii: ")"): if levels.count > 1 { close(at: offset) }
                default: take(query.word(at: offset), at: offset, end: next)
                }
                offset = next
            }
            while !levels.isEmpty { close(at: end) }
        }

        private mutating func take(_ word: String, at offset: Int, end: Int) {
            let top = levels.count - 1
            switch word {
            case "UNION", "INTERSECT", "EXCEPT":
                levels[top].isCompound = true
                levels[top].endPart(at: offset)
                (levels[top].start, levels[top].end) = (end, nil)
            case "ALL" where levels[top].isCompound && isBlank(levels[top].start, offset):
                levels[top].start = end
            case "ORDER", "LIMIT": levels[top].end = levels[top].end ?? offset
            case "SELECT", "VALUES":
                guard isInWith, top == 0 else { return }
                isInWith = false
                prefix = Array(query.bytes[levels[0].start..<offset])
                levels[0].start = offset
            default: break
            }
        }

        private func isBlank(_ start: Int, _ end: Int) -> Bool {
            query.firstWord(from: start).map { $0 >= end } ?? true
        }

        private mutating func close(at offset: Int) {
            guard var level = levels.popLast(), level.isCompound else { return }
            level.endPart(at: offset)
            compounds.append(
                SQLiteCompound(
                    prefix: [], parts: level.parts.map { Array(query.bytes[$0]) }))
            // The clause is known once its last parenthesis is closed.
            if levels.isEmpty {
                compounds = compounds.map { SQLiteCompound(prefix: prefix, parts: $0.parts) }
            }
        }
    }
}
