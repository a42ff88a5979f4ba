import Nostos

/// `schema`: no field that readers know is gone or has another type.
///
/// A field of which all values were NULL had no type that a reader could have seen: it changes into
/// any, and any into it. A key of other columns or types counts as a changed type.
struct SchemaCheck {
    let removed: CheckSpec.Severity
    let typeChanged: CheckSpec.Severity

    func finding(_ schema: Schema, against baseline: Baseline?) -> Finding {
        guard let baseline else { return .firstVersion }
        guard case .success(let old) = baseline.table else { return .notEvaluated(baseline) }
        let before = old.info.schema
        let diff = SchemaDiff(from: before, to: schema)
        let retyped = diff.retyped.filter { change in
            ![change.from, change.to].contains { $0 == ValueType.none.name }
        }
        var changes = retyped.map { "\($0.name) is \($0.to), was \($0.from)" }
        if before.key != schema.key {
            changes.insert("the key is \(schema.key.text), was \(before.key.text)", at: 0)
        }
        let gone = diff.removed.map(\.name)
        let limit = "no field removed, no type changed"
        guard !gone.isEmpty || !changes.isEmpty else {
            let added = diff.added.isEmpty ? "" : "; added \(Self.list(diff.added.map(\.name)))"
            return Finding(
                verdict: .holds, observed: "the fields of \(baseline.version)\(added)",
                limit: limit,
                sentence: "the fields and types of \(baseline.version)\(added)")
        }
        let parts =
            (gone.isEmpty ? [] : ["removed \(Self.list(gone))"])
            + (changes.isEmpty ? [] : [Self.list(changes)])
        let observed = parts.joined(separator: "; ")
        let severities =
            (gone.isEmpty ? [] : [removed]) + (changes.isEmpty ? [] : [typeChanged])
        return Finding(
            verdict: .fails, observed: observed, limit: limit,
            sentence: "\(observed) (vs \(baseline.version))",
            severity: severities.contains(.error) ? .error : .warn)
    }

    /// The first few of many.
    private static func list(_ names: [String]) -> String {
        let more = names.count > 8 ? ["and \(names.count - 8) more"] : []
        return (names.prefix(8) + more).joined(separator: ", ")
    }
}
