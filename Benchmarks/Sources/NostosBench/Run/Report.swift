/// The table for people.
struct Report {
    private let results: DataSetResults

    init(_ results: DataSetResults) { self.results = results }

    var text: String {
        let average = Double(results.textSize) / Double(max(1, results.rowCount))
        let mebibytes = Self.fixed(Double(results.idleMemory) / 1_048_576, 1)
        var lines = [
            "",
            "data \(results.set.rawValue): \(results.set.title)",
            "\(Self.grouped(results.rowCount)) rows, \(Self.fixed(average, 1)) bytes of JSON a row; "
                + "medians of \(results.rounds) interleaved rounds; an idle worker has \(mebibytes) "
                + "MiB",
            results.typedRowShare.map {
                "\(Self.fixed(100 * $0, 1)) % of the rows are typed throughout: no value is plain text"
            } ?? "",
            "",
            Self.line(
                [
                    "operation", "engine", "ns", "of ours", "p50", "p99", "bytes/row", "anon MiB",
                ]),
        ]
        var previous: Operation?
        for row in results.rows {
            if previous != row.operation { lines.append("") }
            previous = row.operation
            lines.append(line(row.operation, row.engine, row.median))
        }
        let targets = Targets(results).lines
        if !targets.isEmpty { lines += ["", "targets on (\(results.set.rawValue)):"] + targets }
        return lines.joined(separator: "\n")
    }

    private func line(
        _ operation: Operation, _ engine: EngineName, _ median: Measurement
    ) -> String {
        let ours = results.median(operation, .nostos)?.nanoseconds
        let best = EngineName.allCases.compactMap {
            results.median(operation, $0)?.nanoseconds
        }.min()
        return Self.line([
            operation.rawValue,
            engine.rawValue + (median.nanoseconds == best ? " *" : ""),
            Self.grouped(Int(median.nanoseconds.rounded())),
            ours.map { Self.fixed(median.nanoseconds / $0, 2) + "x" } ?? "-",
            median.p50.map { Self.grouped(Int($0)) } ?? "-",
            median.p99.map { Self.grouped(Int($0)) } ?? "-",
            results.bytesPerRow(engine).map { Self.fixed($0, 1) } ?? "-",
            Self.fixed(Double(median.anonymousMemory) / 1_048_576, 1),
        ])
    }

    /// Two columns to the left, the others to the right.
    private static func line(_ cells: [String]) -> String {
        let widths = [15, 15, 12, 9, 12, 12, 10, 9]
        return zip(cells, widths).enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index < 2 ? cell.0 + padding : padding + cell.0
        }.joined()
    }

    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    static func fixed(_ number: Double, _ decimals: Int) -> String {
        var unit = 1
        for _ in 0..<decimals { unit *= 10 }
        let scaled = Int((number * Double(unit)).rounded())
        let fraction = String(scaled % unit)
        return "\(scaled / unit)." + String(repeating: "0", count: decimals - fraction.count)
            + fraction
    }
}

/// The same for programs: an array with one object per row of the table.
enum JSONReport {
    static func text(_ all: [DataSetResults]) -> String {
        let objects = all.flatMap { results in
            results.rows.map { row in
                let members = [
                    ("data", quoted(results.set.rawValue)), ("op", quoted(row.operation.rawValue)),
                    ("engine", quoted(row.engine.rawValue)),
                    ("ns_per_op", "\(row.median.nanoseconds)"),
                    ("p50_ns", number(row.median.p50)), ("p99_ns", number(row.median.p99)),
                    ("bytes_per_row", number(results.bytesPerRow(row.engine))),
                    ("rss_anon_bytes", "\(row.median.anonymousMemory)"),
                ]
                return "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
            }
        }
        return "[\n\(objects.joined(separator: ",\n"))\n]\n"
    }

    private static func quoted(_ text: String) -> String { "\"\(text)\"" }

    private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "null" }
}
