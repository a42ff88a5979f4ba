import Nostos

/// `missing`: at most `max` percent of the keys lack the field: it is null, or an empty list.
final class MissingCheck: FieldCheck {
    let field: String
    let max: Double
    let severity: CheckSpec.Severity
    let looksIntoLists = false

    private static let null = Array("null".utf8)
    private static let empty = Array("[]".utf8)

    init(field: String, max: Double, severity: CheckSpec.Severity) {
        (self.field, self.max, self.severity) = (field, max, severity)
    }

    func observe(_ value: Span<UInt8>) -> Bool {
        !value.elementsEqual(Self.null.span) && !value.elementsEqual(Self.empty.span)
    }

    func finding(rowCount: Int, _ offenders: Offenders) -> Finding {
        // Without keys, none lacks anything.
        let share = rowCount == 0 ? 0 : Double(offenders.count) * 100 / Double(rowCount)
        let observed = Figures.percent(share, limit: max)
        let holds = share <= max
        return Finding(
            verdict: holds ? .holds : .fails, observed: observed,
            limit: "at most \(Figures.percent(stated: max))", keys: holds ? [] : offenders.keys,
            sentence: "\(observed) of \(Figures.count(rowCount, "key")) without \(field) "
                + "(\(Figures.limit(max, severity)))")
    }
}
