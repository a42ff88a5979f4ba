import Nostos

/// A key that differs between two versions; key and values are JSON texts.
struct DiffRow {
    let key: String
    let change: TableDiff.Change
    let values: [ValueChange]

    /// The line for people: `+ 7`, `- 7`, or `~ 7  language "en" -> null`.
    var line: String {
        let sign =
            switch change {
            case .added: "+"
            case .removed: "-"
            case .changed: "~"
            case .unchanged: " "
            }
        let changes = values.map { "\($0.name) \($0.from) -> \($0.to)" }
        return "\(sign) \(key)" + (changes.isEmpty ? "" : "  \(changes.joined(separator: ", "))")
    }

    var json: String {
        let members = values.map { value in
            "\(Output.quoted(value.name)):{\"from\":\(value.from),\"to\":\(value.to)}"
        }
        return "{\"change\":\"\(change.rawValue)\",\"key\":\(key),"
            + "\"values\":{\(members.joined(separator: ","))}}"
    }
}

/// The report of `nostos diff`.
struct DiffReport {
    let job: String
    let from: Int
    let to: Int
    let summary: DiffSummary
    /// The first keys that differ; nil without `--rows`.
    let rows: [DiffRow]?

    func printText() {
        Output.line(
            "\(job) \(from) -> \(to): \(Shown.count(summary.from)) -> "
                + "\(Shown.count(summary.to)) keys")
        Output.line("")
        Output.table(
            ["KEYS", "COUNT", "OF \(from)"],
            [
                ("added", summary.added), ("removed", summary.removed),
                ("changed", summary.changed), ("unchanged", summary.unchanged),
            ].map { name, count in
                [
                    name, Shown.count(count),
                    summary.from == 0
                        ? "-" : Shown.percent(Double(count) / Double(summary.from)),
                ]
            })
        let fields = summary.fields.filter { $0.changed > 0 }
        if !fields.isEmpty {
            Output.line("")
            Output.table(
                ["FIELD", "CHANGED", "NULL BEFORE", "NULL NOW"],
                fields.map {
                    [
                        $0.name, Shown.count($0.changed), Shown.count($0.added),
                        Shown.count($0.removed),
                    ]
                })
        }
        printSchema()
        if let rows, !rows.isEmpty {
            Output.line("")
            for row in rows { Output.line(row.line) }
            let rest = summary.differences - rows.count
            if rest > 0 { Output.line("and \(Shown.count(rest)) more keys; --limit shows more") }
        }
    }

    private func printSchema() {
        guard !summary.schema.isEmpty else { return }
        Output.line("")
        for field in summary.schema.added { Output.line("+ field \(field.name) \(field.type)") }
        for field in summary.schema.removed { Output.line("- field \(field.name) \(field.type)") }
        for field in summary.schema.retyped {
            Output.line("~ field \(field.name) \(field.from) -> \(field.to)")
        }
    }

    /// Prints one JSON document; the values of rows keep the store's own JSON texts.
    func printJSON() throws {
        let list = rows.map { ",\"rows\":[\($0.map(\.json).joined(separator: ","))]" } ?? ""
        Output.line(
            "{\"from\":\(from),\"job\":\"\(job)\"\(list),"
                + "\"summary\":\(try Output.jsonText(summary)),\"to\":\(to)}")
    }
}
