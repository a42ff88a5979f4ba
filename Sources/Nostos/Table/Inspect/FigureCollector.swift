/// Collects a number and a hash of each visited value, for the figures of a few fields.
struct FigureCollector: ValueVisitor {
    /// The numbers and hashes of one field.
    struct Column {
        let measure: FieldFigures.Measure
        var values: [Double] = []
        var distinct = DistinctSample()
        var nulls = 0
        var rows = 0
    }

    private(set) var columns: [Column]
    private var current = 0
    private var isInList = false
    private var elementCount = 0

    init(_ fields: [Field]) {
        columns = fields.map { Column(measure: Self.measure(of: $0)) }
    }

    static func measure(of field: Field) -> FieldFigures.Measure {
        if field.isList { return .elements }
        switch field.type {
        case .bool: return .truth
        case .int64, .number: return .number
        case .timestamp: return .time
        case .string, .bytes: return .length
        case .json, .any, .none: return .none
        }
    }

    @inline(__always)
    private mutating func take(
        _ value: Double, as measure: FieldFigures.Measure, hash: UInt64
    ) {
        columns[current].distinct.insert(hash)
        if isInList {
            elementCount += 1
        } else if columns[current].measure == measure, value.isFinite {
            columns[current].values.append(value)
        }
    }

    /// The finaliser of MurmurHash3 by Austin Appleby, 64 bits: each bit of the hash depends on
    /// each bit of the number.
    @inline(__always)
    private static func hash(_ number: UInt64) -> UInt64 {
        var hash = number &+ 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }

    private static let powers: [Double] = (0..<32).map { scale in
        (0..<scale).reduce(1.0) { power, _ in power * 10 }
    }

    mutating func begin(field: Int) {
        current = field
        columns[field].rows += 1
    }

    mutating func visitNull() {
        if isInList { elementCount += 1 } else { columns[current].nulls += 1 }
    }

    mutating func visit(bool value: Bool) {
        take(value ? 1 : 0, as: .truth, hash: Self.hash(value ? 1 : 0))
    }

    mutating func visit(int64 value: Int64) {
        let number = Double(value)
        // As the hash of the same number with a scale, where that is exact.
        let isExact = value.magnitude <= 1 << 53
        let bits = isExact ? number.bitPattern : UInt64(bitPattern: value)
        take(number, as: .number, hash: Self.hash(bits))
    }

    mutating func visit(mantissa: Int64, scale: Int) {
        let number = Double(mantissa) / Self.powers[min(scale, 31)]
        take(number, as: .number, hash: Self.hash(number.bitPattern))
    }

    mutating func visit(number text: Span<UInt8>) {
        var bytes: [UInt8] = []
        bytes.append(text)
        let number = Double(String(decoding: bytes, as: UTF8.self)) ?? .nan
        take(number, as: .number, hash: Checksum.hash(text))
    }

    mutating func visit(text utf8: Span<UInt8>) {
        var count = 0
        // Bytes that go on with a character begin with the bits 10.
        for index in utf8.indices where utf8[index] & 0xC0 != 0x80 { count += 1 }
        take(Double(count), as: .length, hash: Checksum.hash(utf8))
    }

    mutating func visit(timestamp microseconds: Int64) {
        let hash = Self.hash(UInt64(bitPattern: microseconds))
        take(Double(microseconds), as: .time, hash: hash)
    }

    mutating func visit(bytes: Span<UInt8>) {
        take(Double(bytes.count), as: .length, hash: Checksum.hash(bytes))
    }

    mutating func visit(json text: Span<UInt8>) { take(.nan, as: .none, hash: Checksum.hash(text)) }

    mutating func beginList() { (isInList, elementCount) = (true, 0) }

    mutating func endList() {
        isInList = false
        columns[current].values.append(Double(elementCount))
    }
}
