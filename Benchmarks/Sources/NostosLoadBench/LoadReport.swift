/// The table for people, and the same for programs.
enum LoadReport {
    static let head = line([
        "source", "arrival", "rows", "run s", "cpu s", "bare s", "ratio", "rows/s", "peak MiB",
        "aims",
    ])

    static func line(_ result: LoadResult) -> String {
        let isFast = result.ratio <= 1.5
        let isSmall = result.peakMemory <= result.memoryLimit
        return line([
            result.source.rawValue, result.order.rawValue, String(result.rowCount),
            fixed(result.seconds), fixed(result.processorSeconds), fixed(result.bareSeconds),
            fixed(result.ratio), String(Int(Double(result.rowCount) / result.seconds)),
            String(result.peakMemory >> 20),
            "time \(isFast ? "reached" : "missed"), memory \(isSmall ? "reached" : "missed")",
        ])
    }

    private static func line(_ cells: [String]) -> String {
        let widths = [12, 10, 10, 8, 8, 8, 7, 10, 10, 0]
        return zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index < 2 ? cell.0 + padding : index == 9 ? "  " + cell.0 : padding + cell.0
        }.joined()
    }

    /// An array with one object per row of the table.
    static func json(_ results: [LoadResult]) -> String {
        let objects = results.map { result in
            let members = [
                ("source", "\"\(result.source.rawValue)\""),
                ("arrival", "\"\(result.order.rawValue)\""), ("rows", "\(result.rowCount)"),
                ("run_seconds", "\(result.seconds)"), ("cpu_seconds", "\(result.processorSeconds)"),
                ("bare_seconds", "\(result.bareSeconds)"), ("ratio", "\(result.ratio)"),
                ("peak_rss_bytes", "\(result.peakMemory)"),
            ]
            return "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
        }
        return "[\n\(objects.joined(separator: ",\n"))\n]\n"
    }

    private static func fixed(_ number: Double) -> String {
        let cents = Int((number * 100).rounded())
        let fraction = String(cents % 100)
        return "\(cents / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
    }
}
