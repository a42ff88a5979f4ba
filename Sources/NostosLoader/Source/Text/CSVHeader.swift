// The header of CSV: the names of the columns, and the signs of a wrong delimiter.
import Nostos

extension CSVParser: TextParser {
    /// The characters that programs write between fields.
    private static var delimiters: [(byte: UInt8, option: String)] {
        [
            (UInt8(ascii: ","), #"delimiter: ",""#), (UInt8(ascii: ";"), #"delimiter: ";""#),
            (UInt8(ascii: "\t"), "format: tsv, or delimiter: \"\\t\""),
            (UInt8(ascii: "|"), #"delimiter: "|""#),
        ]
    }

    static var isPlainText: Bool { true }

    mutating func takeHeader(in bytes: Span<UInt8>, _ contract: TextContract) throws(RowError) {
        var seen: Set<String> = []
        for (index, value) in values.enumerated() {
            guard let name = value.text(in: bytes) else {
                throw headerError("column \(index + 1) has a name that is not UTF-8")
            }
            guard !name.isEmpty else { throw headerError("column \(index + 1) has no name") }
            guard seen.insert(name).inserted else {
                throw headerError("two columns are named \(quoted(name))")
            }
            columnNames.append(name)
        }
        columnCount = columnNames.count
        try checkDelimiter(contract)
    }

    private func headerError(_ found: String) -> RowError {
        RowError(
            line: lastLine, reason: "the header is wrong: \(found); expected a name of its own")
    }

    /// Refuses a header without an index column whose names hold another delimiter.
    private func checkDelimiter(_ contract: TextContract) throws(RowError) {
        let missing = contract.keyNames.filter { !columnNames.contains($0) }
        guard !missing.isEmpty else { return }
        for other in Self.delimiters where other.byte != delimiter {
            let character = Character(Unicode.Scalar(other.byte))
            let joined = columnNames.first { name in
                guard name.contains(character) else { return false }
                let parts = name.split(separator: character).map {
                    $0.trimmingPrefix("\"").prefix { $0 != "\"" }
                }
                return columnNames.count == 1 || missing.contains { parts.contains($0[...]) }
            }
            guard let joined else { continue }
            throw RowError(
                line: lastLine,
                reason: """
                    found the column \(quoted(joined)) and no column \(quoted(missing[0])): \
                    \(quoted(String(character))) seems to be the delimiter; \(remedy(other.option))
                    """)
        }
    }

    /// The remedy for a delimiter of another format.
    private func remedy(_ option: String) -> String {
        delimiter == UInt8(ascii: "\t") ? "say format: csv and \(option)" : "say \(option)"
    }

    /// The remedy for a byte after a closing quote of the header; empty for any other.
    func hint(of byte: UInt8) -> String {
        guard columnCount == nil,
            let other = Self.delimiters.first(where: { $0.byte == byte && byte != delimiter })
        else { return "" }
        let character = quoted(String(Character(Unicode.Scalar(byte))))
        return "; if \(character) is the delimiter, \(remedy(other.option))"
    }

    mutating func beginSample(_ contract: TextContract) {}

    mutating func fixColumns(_ contract: TextContract, isEmpty: Bool) throws(RowError) {
        let stated =
            contract.columns.map { ($0.name, "columns name") }
            + contract.options.only.map { ($0, "only names") }
        for (name, key) in stated where !columnNames.contains(name) {
            let near = nearestWord(to: name, among: columnNames)
            throw RowError(
                line: 1,
                reason: DiagnosticLog.message(
                    found:
                        "no column \(quoted(name)), which the job's \(key)",
                    expected: alternatives(columnNames.map { quoted($0) }), suggestion: near))
        }
    }
}
