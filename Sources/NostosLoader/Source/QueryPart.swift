public import Nostos

/// A part of a query's rows, for a preview of a few: the source gets the query wrapped, so that it
/// can stop early and use its indexes, and does not compute the rest.
public struct QueryPart: Sendable, Hashable {
    /// The most rows; nil is all.
    public var limit: Int?
    /// The ordinals of the key's columns among the query's.
    public var keyColumns: [Int]
    /// Only the rows of these keys, each with one part per key column; nil is all keys.
    ///
    /// They are sent as parameters and never become SQL.
    public var keys: [[KeyPart]]?

    /// The first rows of a query.
    public static func first(_ limit: Int) -> QueryPart {
        QueryPart(limit: limit, keyColumns: [], keys: nil)
    }

    /// The rows of these keys.
    public static func rows(of keys: [[KeyPart]], in keyColumns: [Int]) -> QueryPart {
        QueryPart(limit: nil, keyColumns: keyColumns, keys: keys)
    }

    /// The values of the parameters, in order: those of a key side by side.
    var parameters: [KeyPart] { (keys ?? []).flatMap(\.self) }

    /// Makes the ` WHERE … LIMIT …` of a query whose columns are called `c0`, `c1` and so on.
    ///
    /// `comparison` spells the two sides of an equation: the column of that ordinal, from 0, and
    /// the parameter of that ordinal, from 1.
    func clause(
        comparison: (_ column: Int, _ parameter: Int) -> (column: String, parameter: String)
    ) -> String {
        var clause = ""
        if let keys {
            clause = "\nWHERE " + condition(keys, comparison)
        }
        if let limit { clause += "\nLIMIT \(limit)" }
        return clause
    }

    private func condition(
        _ keys: [[KeyPart]],
        _ comparison: (_ column: Int, _ parameter: Int) -> (column: String, parameter: String)
    ) -> String {
        guard !keys.isEmpty else { return "1 = 0" }
        var ordinal = 0
        func next(_ column: Int) -> (column: String, parameter: String) {
            ordinal += 1
            return comparison(column, ordinal)
        }
        if keyColumns.count == 1 {
            let sides = keys.map { _ in next(keyColumns[0]) }
            return "\(sides[0].column) IN (\(sides.map(\.parameter).joined(separator: ", ")))"
        }
        return keys.map { _ in
            let parts = keyColumns.map { column in
                let sides = next(column)
                return "\(sides.column) = \(sides.parameter)"
            }
            return "(\(parts.joined(separator: " AND ")))"
        }.joined(separator: " OR ")
    }
}
