import Nostos

/// `range`: the field's values are numbers between two limits, which are allowed themselves.
///
/// Of lists, the elements are. NULL is `missing`'s.
final class RangeCheck: FieldCheck {
    let looksIntoLists = true
    private let limit: String
    private let lower: [UInt8]?
    private let upper: [UInt8]?
    /// The encoded form of the value that is looked at.
    private var scratch: [UInt8] = []
    private var example: String?
    private static let null = Array("null".utf8)

    /// Both limits are numbers; nil is no limit.
    init(min: Literal?, max: Literal?) {
        func encoded(_ literal: Literal) -> [UInt8] {
            var bytes: [UInt8] = []
            literal.encode(into: &bytes)
            return bytes
        }
        (lower, upper) = (min.map(encoded), max.map(encoded))
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
        scratch.removeAll(keepingCapacity: true)
        guard Self.encode(text, into: &scratch) else { return false }
        let (value, lower, upper) = (scratch, lower, upper)
        if let lower, EncodedValue.precedes(value.span, lower.span) { return false }
        if let upper, EncodedValue.precedes(upper.span, value.span) { return false }
        return true
    }

    /// Appends the number that the text is; false when it is none.
    private static func encode(_ text: Span<UInt8>, into value: inout [UInt8]) -> Bool {
        do throws(ValueError) {
            if let (mantissa, scale) = plain(text) {
                try EncodedValue.append(unscaled: mantissa, scale: scale, to: &value)
            } else {
                try EncodedValue.append(number: text, to: &value)
            }
            return true
        } catch {
            return false
        }
    }

    /// A number of at most 18 digits and without an exponent, as most are, without allocating.
    private static func plain(_ text: Span<UInt8>) -> (mantissa: Int64, scale: Int)? {
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        guard text.count > start, text.count - start <= 19 else { return nil }
        var (mantissa, digitCount, pointAt): (Int64, Int, Int?) = (0, 0, nil)
        for index in start..<text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), pointAt == nil, digitCount > 0 {
                pointAt = digitCount
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digitCount < 18 {
                mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
                digitCount += 1
            } else {
                return nil
            }
        }
        return (isNegative ? -mantissa : mantissa, digitCount - (pointAt ?? digitCount))
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
