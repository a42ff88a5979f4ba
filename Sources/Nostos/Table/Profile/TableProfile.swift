/// The observations about a table's values before its first row is written: the basis on which the
/// writer chooses an encoding for each field.
///
/// The loader observes every value while it extracts. A profile that saw everything lets the
/// writer leave out the escapes; one from a sample (`isExact` false) makes it keep them.
public struct TableProfile: Sendable {
    /// Whether every value of the table, except NULL and the empty list, was observed.
    public var isExact: Bool
    var fields: [FieldProfile]
    var keys: KeyProfile

    /// The profile of no rows, of a table whose key has one column.
    public init(fieldCount: Int, isExact: Bool = true) {
        fields = Array(repeating: FieldProfile(fieldCount: fieldCount), count: fieldCount)
        keys = KeyProfile(isBinary: false)
        self.isExact = isExact
    }

    /// The profile of no rows of that schema.
    public init(schema: Schema, isExact: Bool = true) {
        self.init(fieldCount: schema.fields.count, isExact: isExact)
        keys = KeyProfile(isBinary: schema.key.columns[0].type == .int64)
    }

    /// Observes one key, in any order, as often as it comes.
    ///
    /// Either all keys of the table or none: keys that were all seen can stand as numbers, and the
    /// writer then refuses others.
    public mutating func observe(key: Span<UInt8>) { keys.observe(key) }

    /// Observes one key of a schema that was not yet known when the profile began.
    public mutating func observe(key: Span<UInt8>, of schema: KeySchema) {
        if keys.isEmpty { keys = KeyProfile(isBinary: schema.columns[0].type == .int64) }
        keys.observe(key)
    }

    /// Observes one encoded value of a field: a scalar, a list, or one element of a list field.
    ///
    /// Bytes that are no encoded value are left alone: the writer will refuse them.
    public mutating func observe(_ bytes: Span<UInt8>, field: Int) {
        fields[field].observe(bytes)
    }

    /// Observes many values of a field, taken apart, as if one after another.
    ///
    /// - Parameters:
    ///   - values: the values of several fields, record by record.
    ///   - first: the index of the field's first value.
    ///   - stride: the distance to the next one; 1 or more.
    ///   - bytes: the bytes from which the values were taken.
    ///   - countsNulls: whether a NULL is a value of the field; else it is left alone.
    ///   - field: the field's ordinal.
    public mutating func observe(
        _ values: Span<EncodedValueView>, from first: Int, by stride: Int, in bytes: Span<UInt8>,
        countsNulls: Bool, field: Int
    ) {
        precondition(first >= 0 && stride >= 1)
        fields[field].observe(values, first, stride, in: bytes, countsNulls: countsNulls)
    }

    /// The least number of rows of the table, by the field that was observed most often.
    func rowCount(of schema: Schema) -> Int {
        zip(schema.fields, fields).reduce(0) { most, field in
            let (stated, observed) = field
            let values = stated.isList ? observed.listCount : observed.count
            return max(most, values + observed.nullCount)
        }
    }

    /// Observes one record: one encoded value for each field, in the fields' order.
    ///
    /// Bytes that are no such record are left alone: the writer will refuse them.
    public mutating func observe(record: Span<UInt8>) {
        var position = 0
        for index in fields.indices {
            guard let value = EncodedValueView(in: record, at: &position) else { return }
            fields[index].observe(value, in: record)
        }
    }

    /// Takes over what another profile of the same schema has observed, as if it had been observed
    /// here, after all that was: so parts of a table can be observed at the same time.
    ///
    /// Only whether a field's values are too varied for a vocabulary may be answered otherwise than
    /// in one pass over the whole, which sees it in the order of all values.
    public mutating func merge(_ other: TableProfile) {
        precondition(fields.count == other.fields.count)
        isExact = isExact && other.isExact
        keys.merge(other.keys)
        for index in fields.indices { fields[index].merge(other.fields[index]) }
    }

    /// The least type of all values observed in a field, elements of lists included.
    public func type(of field: Int) -> ValueType { fields[field].type }
}

/// The observations about one field's values, or about the elements of its lists.
struct FieldProfile: Sendable {
    /// The number of scalars seen, without NULLs, with elements of lists.
    private(set) var count = 0
    /// The numbers of NULLs and of whole lists seen.
    private(set) var nullCount = 0
    private(set) var listCount = 0
    /// The size of the texts of values that were not inserted into the vocabulary, about.
    private var longTextSize = 0
    private(set) var type = ValueType.none
    private(set) var vocabulary = VocabularyBuilder()
    /// The range of mantissas for each scale; index is the scale.
    private(set) var mantissas = InlineArray<19, ClosedRange<Int64>?>(repeating: nil)
    private(set) var timestamps: ClosedRange<Int64>?
    /// Every timestamp is a multiple of this many microseconds.
    private(set) var timestampUnit = FieldEncoding.timestampUnits[0]
    /// Whether a number was seen that is no mantissa and scale.
    private(set) var hasLongNumber = false

    /// Some of the JSON texts.
    private(set) var texts: TextSample

    /// The profile of no values, of a table with that many fields.
    init(fieldCount: Int) { texts = TextSample(fieldCount: fieldCount) }

    /// The ratio of the average text to the average text of the sample, which holds the longest
    /// ones cut.
    var textScale: Double {
        guard count > 0, texts.count > 0, !texts.bytes.isEmpty else { return 1 }
        let sampled = Double(texts.bytes.count) / Double(texts.count)
        return max(1, Double(textSize) / Double(count) / sampled)
    }

    /// Observes one whole encoded value.
    mutating func observe(_ bytes: Span<UInt8>) {
        var position = 0
        guard let value = EncodedValueView(in: bytes, at: &position) else { return }
        observe(value, in: bytes)
    }

    /// Observes a value taken apart; its tag and size stand right before its payload.
    mutating func observe(_ value: EncodedValueView, in bytes: Span<UInt8>) {
        observe(value, in: bytes, hash: prepare(value, in: bytes))
    }

    /// Observes `values[first]` and every `stride`-th value after it, as if one after another.
    ///
    /// A search for a value waits for memory. Therefore the memory for some values is requested
    /// before the first of them is searched.
    mutating func observe(
        _ values: Span<EncodedValueView>, _ first: Int, _ stride: Int, in bytes: Span<UInt8>,
        countsNulls: Bool
    ) {
        var hashes = InlineArray<16, UInt64>(repeating: 0)
        var next = first
        while next < values.count {
            var count = 0
            while count < hashes.count, next + count * stride < values.count {
                hashes[count] = prepare(values[next + count * stride], in: bytes)
                count += 1
            }
            for ordinal in 0..<count {
                let value = values[next + ordinal * stride]
                guard countsNulls || value.tag != .null else { continue }
                observe(value, in: bytes, hash: hashes[ordinal])
            }
            next += count * stride
        }
    }

    /// The hash of a value that will be observed soon; of no meaning where none is needed.
    @inline(__always)
    private func prepare(_ value: EncodedValueView, in bytes: Span<UInt8>) -> UInt64 {
        guard !vocabulary.isOverflown, value.tag != .list else { return 0 }
        return vocabulary.prepare(bytes.extracting(value.whole))
    }

    private mutating func observe(list: Span<UInt8>) {
        let (nulls, lists) = (nullCount, listCount + 1)
        // The elements of the list do not count as values of their own.
        defer { (nullCount, listCount) = (nulls, lists) }
        var position = 0
        while position < list.count {
            guard let element = EncodedValueView(in: list, at: &position) else { return }
            observe(element, in: list)
        }
    }

    @inline(__always)
    private mutating func observe(
        _ value: EncodedValueView, in bytes: Span<UInt8>, hash: UInt64
    ) {
        switch value.tag {
        case .null:
            nullCount += 1
            return
        case .list: return observe(list: bytes.extracting(value.payload))
        case .int64, .decimal: observe(scaled: value.scaled(in: bytes))
        case .timestamp: observe(timestamp: value.int64(in: bytes))
        case .number: hasLongNumber = true
        default: break
        }
        count += 1
        if value.tag.type != type { type = type.joined(with: value.tag.type) }
        if texts.takesNext() { texts.append(valueOf: bytes.extracting(value.whole)) }
        if vocabulary.isOverflown {
            longTextSize += value.payload.count + 2
        } else {
            vocabulary.insert(bytes.extracting(value.whole), hash: hash)
        }
    }

    /// The size of the JSON texts together, in bytes; estimated for values that were too many to
    /// look at.
    var textSize: Int { longTextSize + vocabulary.totalTextSize }

    /// Adds the observations about more values of the field.
    mutating func merge(_ other: FieldProfile) {
        count += other.count
        nullCount += other.nullCount
        listCount += other.listCount
        longTextSize += other.longTextSize
        type = type.joined(with: other.type)
        hasLongNumber = hasLongNumber || other.hasLongNumber
        for scale in mantissas.indices {
            guard let range = other.mantissas[scale] else { continue }
            mantissas[scale] = Self.extend(mantissas[scale], by: range.lowerBound)
            mantissas[scale] = Self.extend(mantissas[scale], by: range.upperBound)
        }
        if let range = other.timestamps {
            timestamps = Self.extend(timestamps, by: range.lowerBound)
            timestamps = Self.extend(timestamps, by: range.upperBound)
        }
        // Each unit is a multiple of every smaller one.
        timestampUnit = min(timestampUnit, other.timestampUnit)
        vocabulary.merge(other.vocabulary)
        texts.merge(other.texts)
    }

    private mutating func observe(scaled: (mantissa: Int64, scale: Int)) {
        guard scaled.scale < mantissas.count else { return hasLongNumber = true }
        mantissas[scaled.scale] = Self.extend(mantissas[scaled.scale], by: scaled.mantissa)
    }

    private mutating func observe(timestamp: Int64) {
        timestamps = Self.extend(timestamps, by: timestamp)
        while timestamp % timestampUnit != 0 {
            timestampUnit = FieldEncoding.timestampUnits.first { $0 < timestampUnit } ?? 1
        }
    }

    private static func extend(_ range: ClosedRange<Int64>?, by value: Int64) -> ClosedRange<Int64>
    {
        guard let range else { return value...value }
        return min(range.lowerBound, value)...max(range.upperBound, value)
    }

    /// All numbers at the largest scale seen, or nil when one does not fit an Int64 there.
    var scaledRange: (range: ClosedRange<Int64>, scale: Int)? {
        guard !hasLongNumber, let scale = mantissas.indices.last(where: { mantissas[$0] != nil })
        else { return nil }
        var whole: ClosedRange<Int64>?
        for own in mantissas.indices {
            guard let range = mantissas[own] else { continue }
            guard let low = Decimal.rescale(range.lowerBound, from: own, to: scale),
                let high = Decimal.rescale(range.upperBound, from: own, to: scale)
            else { return nil }
            whole = Self.extend(Self.extend(whole, by: low), by: high)
        }
        return whole.map { ($0, scale) }
    }
}

extension Decimal {
    /// The mantissa of the same number at another scale, or nil when it does not fit.
    static func rescale(_ mantissa: Int64, from scale: Int, to target: Int) -> Int64? {
        scale <= target ? mantissa.shifted(byPlaces: target - scale) : nil
    }
}
