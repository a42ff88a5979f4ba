import Nostos

/// `range`: the field's values are numbers between two limits, which are allowed themselves.
///
/// Of a list, each element is checked. NULL is left to `missing`.
final class RangeCheck: FieldCheck {
    let looksIntoLists = true
    private let limit: String
    private let lower: Bound?
    private let upper: Bound?
    /// The encoded form of a value that is no plain number.
    private var scratch: [UInt8] = []
    private var example: String?
    private static let null = Array("null".utf8)

    /// Both limits are numbers; nil is no limit.
    init(min: Literal?, max: Literal?) {
        (lower, upper) = (min.map(Bound.init), max.map(Bound.init))
        let texts = [min, max].map { $0.map { String(decoding: $0.json, as: UTF8.self) } }
        limit =
            switch (texts[0], texts[1]) {
            case (let min?, let max?): "from \(min) to \(max)"
            case (let min?, nil): "at least \(min)"
            case (nil, let max?): "at most \(max)"
            case (nil, nil): "any number"
            }
    }

    func observe(_ text: Span<UInt8>) -> Bool {
        if text.elementsEqual(Self.null.span) || isWithin(text) { return true }
        if example == nil { example = ExampleText.short(text) }
        return false
    }

    private func isWithin(_ text: Span<UInt8>) -> Bool {
        if let value = PlainNumber(text), lower.map({ $0.plain != nil }) ?? true,
            upper.map({ $0.plain != nil }) ?? true
        {
            if let bound = lower?.plain, value < bound { return false }
            if let bound = upper?.plain, bound < value { return false }
            return true
        }
        scratch.removeAll(keepingCapacity: true)
        do throws(ValueError) {
            try EncodedValue.append(number: text, to: &scratch)
        } catch {
            return false
        }
        let value = scratch
        if let bound = lower?.encoded, EncodedValue.precedes(value.span, bound.span) {
            return false
        }
        if let bound = upper?.encoded, EncodedValue.precedes(bound.span, value.span) {
            return false
        }
        return true
    }

    func finding(rowCount: Int, _ offenders: Offenders) -> Finding {
        let count = offenders.count
        let observed = "\(Figures.count(count)) of \(Figures.count(rowCount, "key")) outside"
        return Finding(
            verdict: count == 0 ? .holds : .fails,
            observed: observed + (example.map { ", such as \($0)" } ?? ""), limit: limit,
            keys: offenders.keys,
            sentence: count == 0
                ? "all values \(limit)"
                : "\(observed), such as \(example ?? "") (\(limit))")
    }
}

/// One end of a range.
private struct Bound {
    let encoded: [UInt8]
    /// The same where it is one of the numbers that are quickly compared.
    let plain: PlainNumber?

    init(_ literal: Literal) {
        var bytes: [UInt8] = []
        literal.encode(into: &bytes)
        encoded = bytes
        let json = literal.json
        plain = PlainNumber(json.span)
    }
}

/// Values in sentences: JSON on one line, cut where it is long.
enum ExampleText {
    private static let maxCount = 40

    static func short(_ value: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.append(value)
        let text = String(decoding: bytes, as: UTF8.self)
        return text.count <= maxCount ? text : text.prefix(maxCount - 1) + "…"
    }
}
