import Nostos

/// `count_check`: the number of keys is the source's number, but for `tolerance` percent.
struct CountCheck {
    let source: CheckSource
    let tolerance: Double

    /// - Throws: ``LocatedSourceError`` where the source does not answer.
    func finding(rowCount: Int) throws(LocatedSourceError) -> Finding {
        let rows = try source.open()
        var row = Row()
        guard rows.columns.count == 1, try source.next(rows, into: &row) else {
            return .notEvaluated(
                "the query gives \(Figures.count(rows.columns.count, "column")) and "
                    + "\(rows.columns.count == 1 ? "no row" : "rows"), expected one number")
        }
        let shown = ValueText.short(row.bytes.span)
        guard let count = Self.number(row.bytes.span) else {
            return .notEvaluated("the query gives \(shown), expected a whole number from 0 on")
        }
        guard try !source.next(rows, into: &row) else {
            return .notEvaluated("the query gives more than one row, expected one number")
        }
        return finding(rowCount: rowCount, sourceCount: count)
    }

    /// A whole number that is not negative.
    private static func number(_ bytes: Span<UInt8>) -> Int? {
        var position = 0
        guard let value = EncodedValueView(in: bytes, at: &position), value.tag == .int64 else {
            return nil
        }
        let number = Int(value.int64(in: bytes))
        return number >= 0 ? number : nil
    }

    func finding(rowCount: Int, sourceCount: Int) -> Finding {
        let rate = ErrorRate(source: sourceCount, destination: rowCount)
        let limit = "at most \(Figures.percent(stated: tolerance)) apart"
        let counts =
            "\(Figures.count(rowCount, "key")), \(Figures.count(sourceCount)) in the source"
        let apart = rate.percent.map {
            "\(Figures.percent($0, limit: tolerance)) apart"
        }
        return Finding(
            verdict: rate.isWithin(tolerance) ? .holds : .fails, observed: apart ?? counts,
            limit: limit,
            sentence: apart.map {
                "\(counts): \($0) (at most \(Figures.percent(stated: tolerance)))"
            }
                ?? "\(counts): keys from nowhere")
    }
}
