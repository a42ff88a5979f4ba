import Nostos

/// Checks each value of one column against its ``ColumnRule``.
///
/// The values of `min` and `max` must be of one type, that of the first one: a number and a text
/// have no order that anybody means.
struct ColumnGate {
    let rule: ColumnRule
    /// The tags that pass without another check.
    private(set) var passing: TagSet
    /// The row whose value decided the type of all, where one does.
    private var decidingRow: Int?

    init(_ rule: ColumnRule) {
        self.rule = rule
        passing = rule.isNotNull ? [] : .null
        if rule.takesLists {
            if rule.contractType == nil { passing.insert(.list) }
        } else if rule.aggregate != .min && rule.aggregate != .max {
            passing.formUnion(rule.scalarTags)
        }
    }

    /// The reason for which a value is refused, or nil.
    @inline(__always)
    mutating func refusal(of value: Span<UInt8>, row: Int) -> Refusal? {
        passing.contains(tag: value[0]) ? nil : judge(value, row: row)
    }

    /// The reason for which a value may not pass.
    struct Refusal: Error, Equatable {
        let found: String
        let expected: String
    }

    /// The values that need more than a look at the tag.
    @inline(never)
    private mutating func judge(_ value: Span<UInt8>, row: Int) -> Refusal? {
        var end = 0
        guard let view = EncodedValueView(in: value, at: &end) else {
            preconditionFailure("a row with a column that is no encoded value")
        }
        if view.tag == .null { return Refusal(found: "NULL", expected: "a value, by not_null") }
        let found = ValueText.typed(value)
        if rule.takesLists {
            guard view.tag == .list else {
                return Refusal(found: found, expected: "a list, as the source states")
            }
            return judge(elements: value.extracting(view.payload))
        }
        guard view.tag != .list else {
            return Refusal(
                found: found, expected: "one value a row; unnest it or cast it to json")
        }
        guard rule.scalarTags.contains(tag: value[0]) else {
            return Refusal(found: found, expected: expectation)
        }
        // Only the values of `min` and `max` come here, and only the first decides.
        if let decidingRow {
            return Refusal(
                found: found, expected: "a value of one type, as in row \(decidingRow)")
        }
        decidingRow = row
        passing.formUnion(
            TagSet.numbers.contains(tag: value[0]) ? .numbers : TagSet(of: view.tag.type))
        return nil
    }

    private func judge(elements: Span<UInt8>) -> Refusal? {
        var position = 0
        while position < elements.count {
            let start = position
            guard EncodedValue.skip(in: elements, at: &position) else { return nil }
            let isGood = rule.scalarTags.union(.null).contains(tag: elements[start])
            guard !isGood else { continue }
            let found = ValueText.typed(elements.extracting(start..<position))
            return Refusal(found: "the element \(found)", expected: expectation)
        }
        return nil
    }

    private var expectation: String {
        if let type = rule.contractType { return "\(type.name), by its contract" }
        switch rule.aggregate {
        case .sum: return "a number to sum"
        case .mean: return "a number to average"
        case .min, .max: return "a value with an order"
        default: return "one value a row"
        }
    }
}
