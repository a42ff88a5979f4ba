extension EncodedValue {
    /// Whether one value precedes another in the one order of all values: the order of sets.
    ///
    /// First by type: NULL, Booleans, numbers, text, timestamps, JSON, bytes, lists. Within a type:
    /// false before true; numbers by their exact value, whatever their form; timestamps by time;
    /// all others bytewise, a prefix before its extensions, which for UTF-8 is the order of code
    /// points. Values that compare equal have identical bytes.
    ///
    /// - Parameters:
    ///   - left: one whole encoded value.
    ///   - right: another. (Bytes that are no encoded value compare as bytes.)
    /// - Returns: true when `left` comes first; false also when both are the same.
    public static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        var (leftEnd, rightEnd) = (0, 0)
        guard let a = EncodedValueView(in: left, at: &leftEnd),
            let b = EncodedValueView(in: right, at: &rightEnd)
        else { return left.precedes(right) }
        let (leftRank, rightRank) = (a.tag.rank, b.tag.rank)
        if leftRank != rightRank { return leftRank < rightRank }
        switch a.tag {
        case .null: return false
        case .false, .true: return a.tag.rawValue < b.tag.rawValue
        case .timestamp: return a.int64(in: left) < b.int64(in: right)
        case .int64, .decimal, .number: return a.numberPrecedes(b, in: left, right)
        case .string, .json, .bytes, .list:
            return left.extracting(a.payload).precedes(right.extracting(b.payload))
        }
    }
}

extension EncodedValue.Tag {
    /// The place of the tag's type in the order of all values.
    fileprivate var rank: Int {
        switch self {
        case .null: 0
        case .false, .true: 1
        case .int64, .decimal, .number: 2
        case .string: 3
        case .timestamp: 4
        case .json: 5
        case .bytes: 6
        case .list: 7
        }
    }
}

extension EncodedValueView {
    fileprivate func numberPrecedes(
        _ other: EncodedValueView, in left: Span<UInt8>, _ right: Span<UInt8>
    ) -> Bool {
        guard tag != .number, other.tag != .number else {
            guard let a = decimal(in: left), let b = other.decimal(in: right) else {
                return left.precedes(right)
            }
            return a < b
        }
        let (a, b) = (scaled(in: left), other.scaled(in: right))
        if a.scale == b.scale { return a.mantissa < b.mantissa }
        // The scales that an encoded value may have.
        guard a.scale <= 18, b.scale <= 18 else { return left.precedes(right) }
        // a / 10^s < b / 10^t as a × 10^t < b × 10^s: at most 63 + 60 bits.
        return Int128(a.mantissa) * .powerOfTen(b.scale) < Int128(b.mantissa) * .powerOfTen(a.scale)
    }

    private func decimal(in bytes: Span<UInt8>) -> Decimal? {
        if tag == .number { return try? Decimal(parsing: bytes.extracting(payload)) }
        let (mantissa, scale) = scaled(in: bytes)
        guard scale <= 18 else { return nil }
        var text: [UInt8] = []
        JSONText.append(mantissa: mantissa, scale: scale, to: &text)
        return try? Decimal(parsing: text.span)
    }
}
