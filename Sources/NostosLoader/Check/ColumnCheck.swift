import Nostos

/// `column_check`: keys of the source have the source's values in the table, but for `tolerance`
/// percent of those compared.
///
/// As in Dataduct, only keys on both sides are compared, and the check fails where there are none.
/// The sample is drawn at random from all such keys, whatever the order of the source's rows.
struct ColumnCheck {
    let source: CheckSource
    let sampleSize: Int
    let tolerance: Double

    /// One sampled key, and in which way its values differ, if they do.
    private struct Comparison {
        let key: [UInt8]
        let difference: String?
    }

    /// Reads all rows of the source: one lookup for each, and memory for the sample.
    ///
    /// Calls `report` with the number of rows read, at intervals; `report` may throw to stop.
    /// Throws ``LocatedSourceError`` where the source does not answer or breaks off.
    func finding(_ table: TableReader, report: (Int) throws -> Void) throws -> Finding {
        let rows = try source.open()
        let names = source.columnNames(rows.columns)
        let schema = table.info.schema
        let problem = ColumnMatch.problem(
            names, index: schema.key.columns.map(\.name), fields: schema.fields.map(\.name))
        if let problem { return .notEvaluated(problem) }
        var match = ColumnMatch(names, table, comparesTexts: source.query.comparesTexts)
        var sample = Reservoir<Comparison, SystemRandomNumberGenerator>(
            capacity: sampleSize, using: SystemRandomNumberGenerator())
        var (row, number) = (Row(), 0)
        while try source.next(rows, into: &row) {
            number += 1
            if let problem = match.encodeKey(of: row) {
                return .notEvaluated("row \(number): \(problem)")
            }
            if try match.isInTable(), sample.wantsNext() {
                sample.add(Comparison(key: match.key, difference: try match.difference(row)))
            }
            if number % ProgressInterval.rows == 0 { try report(number) }
        }
        return finding(sample.elements, schema.key, rowCount: number)
    }

    private func finding(
        _ sample: [Comparison], _ schema: KeySchema, rowCount: Int
    ) -> Finding {
        let differing = sample.filter { $0.difference != nil }
        var offenders = Offenders(schema)
        for comparison in differing.sorted(by: { $0.key.span.precedes($1.key.span) }) {
            offenders.add(comparison.key)
        }
        return finding(
            differing: differing.count, of: sample.count, offenders.keys,
            example: differing.first?.difference, rowCount: rowCount)
    }

    func finding(
        differing: Int, of count: Int, _ keys: [String], example: String?, rowCount: Int
    ) -> Finding {
        let rate = ErrorRate(differing: differing, of: count)
        let limit = "at most \(Figures.percent(stated: tolerance))"
        guard let percent = rate.percent else {
            return Finding(
                verdict: .fails, observed: "0 keys compared", limit: limit,
                sentence: "no key to compare: none of the source's "
                    + "\(Figures.count(rowCount, "row")) has a key of the table")
        }
        let observed = Figures.percent(percent, limit: tolerance)
        return Finding(
            verdict: rate.isWithin(tolerance) ? .holds : .fails, observed: observed, limit: limit,
            keys: keys,
            sentence: "\(observed) of \(Figures.count(count, "sampled key")) differ (\(limit))"
                + (example.map { ", such as \($0)" } ?? ""))
    }
}
