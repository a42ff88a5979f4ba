import Nostos

/// `in_set`: the field's values are among those stated.
///
/// Of a list, each element is checked. NULL is left to `missing`.
final class InSetCheck: FieldCheck {
    let looksIntoLists = true
    /// The values as JSON texts, in the order of their bytes.
    private let values: [[UInt8]]
    private let limit: String
    private var examples: [String] = []
    private static let null = Array("null".utf8)
    private static let maxExamples = 3

    init(values literals: [Literal]) {
        let texts = literals.map(\.json)
        values = texts.sorted { $0.span.precedes($1.span) }
        let shown = texts.prefix(8).map { ExampleText.short($0.span) }
        let more = texts.count > 8 ? ", and \(texts.count - 8) more" : ""
        limit = "one of \(shown.joined(separator: ", "))\(more)"
    }

    func observe(_ value: Span<UInt8>) -> Bool {
        if value.elementsEqual(Self.null.span) || contains(value) { return true }
        if examples.count < Self.maxExamples {
            let text = ExampleText.short(value)
            if !examples.contains(text) { examples.append(text) }
        }
        return false
    }

    /// O(log values); allocates nothing.
    private func contains(_ value: Span<UInt8>) -> Bool {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            let word = values[middle]
            if word.span.precedes(value) { low = middle + 1 } else { high = middle }
        }
        guard low < values.count else { return false }
        let word = values[low]
        return word.span.elementsEqual(value)
    }

    func finding(rowCount: Int, _ offenders: Offenders) -> Finding {
        let count = offenders.count
        let found = examples.joined(separator: ", ")
        let observed =
            "\(Figures.count(count)) of \(Figures.count(rowCount, "key")) with other values"
        return Finding(
            verdict: count == 0 ? .holds : .fails,
            observed: observed + (count == 0 ? "" : ", such as \(found)"), limit: limit,
            keys: offenders.keys,
            sentence: count == 0
                ? "all values \(limit)" : "\(observed), such as \(found) (\(limit))")
    }
}
