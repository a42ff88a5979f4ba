import Nostos

/// Data set (d): 128 float32 numbers in a list, and two scalars beside it.
struct EmbeddingRows: RowGenerator {
    static let fields = [
        Field(name: "model", type: .string),
        Field(name: "norm", type: .number),
        Field(name: "embedding", type: .number, isList: true),
    ]

    let keys: Keys
    private var draws = Draws(seed: 0xD1)
    private var keyDraws = Draws(seed: 0xD2)

    init(count: Int) { keys = .sparseIntegers(count: count, &keyDraws) }

    mutating func next(into record: inout RecordBuilder) throws {
        let numbers = (0..<128).map { _ in Float(draws.normal() * 0.09) }
        try record.append("ranker-\(draws.below(3))")
        try record.append(numbers.reduce(0) { $0 + $1 * $1 }.squareRoot())
        try record.append(numbers)
    }

    mutating func appendCandidateKey(to key: inout [UInt8]) {
        Keys.appendSparseInteger(&keyDraws, to: &key)
    }
}

/// Data set (e): 200 fields of four types, 20 of them present in a row, the frequent ones first.
struct SparseRows: RowGenerator {
    private static let fieldCount = 200
    private static let presentCount = 20
    static let fields = (0..<fieldCount).map { index in
        let types: [ValueType] = [.int64, .number, .string, .bool]
        return Field(name: "feature_\(index)", type: types[index % 4])
    }

    let keys: Keys
    private var draws = Draws(seed: 0xE1)
    private var keyDraws = Draws(seed: 0xE2)
    private let fieldRanks = ZipfRanks(count: Self.fieldCount, exponent: 0.5)
    private let wordRanks = ZipfRanks(count: 200, exponent: 1)

    init(count: Int) { keys = .sparseIntegers(count: count, &keyDraws) }

    mutating func next(into record: inout RecordBuilder) throws {
        var isPresent = [Bool](repeating: false, count: Self.fieldCount)
        var count = 0
        while count < Self.presentCount {
            let field = fieldRanks.draw(&draws)
            if isPresent[field] { continue }
            isPresent[field] = true
            count += 1
        }
        for field in 0..<Self.fieldCount {
            guard isPresent[field] else {
                record.appendNull()
                continue
            }
            switch field % 4 {
            case 0: record.append(Int64(draws.exponential() * 300))
            case 1: try record.append(draws.normal(), decimals: 4)
            case 2: try record.append("segment-\(field)-\(wordRanks.draw(&draws))")
            default: record.append(draws.isChosen(percent: 70))
            }
        }
    }

    mutating func appendCandidateKey(to key: inout [UInt8]) {
        Keys.appendSparseInteger(&keyDraws, to: &key)
    }
}

/// Data set (f): nothing repeats, so nothing can be coded or compressed by much.
///
/// Strings of any printable ASCII, quotes and backslashes included, some with other scripts;
/// integers of 63 bits; lists of strings.
struct RandomTextRows: RowGenerator {
    static let fields = [
        Field(name: "token", type: .string),
        Field(name: "number", type: .int64),
        Field(name: "text", type: .string),
        Field(name: "names", type: .string, isList: true),
    ]

    let keys: Keys
    private var draws = Draws(seed: 0xF1)
    private var keyDraws = Draws(seed: 0xF2)

    init(count: Int) {
        var keys: Set<String> = []
        while keys.count < count { keys.insert(Self.printable(8...40, &keyDraws)) }
        self.keys = Keys(strings: keys.sorted())
    }

    mutating func next(into record: inout RecordBuilder) throws {
        try record.append(Self.printable(20...60, &draws))
        record.append(Int64(bitPattern: draws.bits()))
        var text = Self.printable(40...200, &draws)
        if draws.isChosen(percent: 20) { text += "\u{1}\u{e9}\u{4e2d}\u{1f600}\n" }
        try record.append(text)
        try record.append((0..<draws.below(6)).map { _ in Self.printable(5...20, &draws) })
    }

    mutating func appendCandidateKey(to key: inout [UInt8]) {
        key.append(contentsOf: Self.printable(8...40, &keyDraws).utf8)
    }

    private static func printable(_ sizes: ClosedRange<Int>, _ draws: inout Draws) -> String {
        let size = sizes.lowerBound + draws.below(sizes.count)
        return String(
            decoding: (0..<size).map { _ in UInt8(0x20 + draws.below(95)) }, as: UTF8.self)
    }
}

extension Keys {
    private static let integerKey = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])

    /// Keys of 36 random bits.
    static func sparseIntegers(count: Int, _ draws: inout Draws) -> Keys {
        Keys(integers: distinctIntegers(count: count, bits: 36, &draws), schema: integerKey)
    }

    static func appendSparseInteger(_ draws: inout Draws, to key: inout [UInt8]) {
        integerKey.append(int64: Int64(draws.bits() >> 28), to: &key)
    }
}
