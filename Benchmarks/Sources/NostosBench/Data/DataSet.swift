import Nostos

/// The six data sets, by the letter that `--data` takes.
enum DataSet: String, CaseIterable {
    case a, b, c, d, e, f

    /// The data set's title in the report.
    var title: String {
        switch self {
        case .a: "feature rows, random int64 keys"
        case .b: "feature rows, string keys of 20 to 40 bytes"
        case .c: "long free text, variations of package descriptions"
        case .d: "embeddings, 128 float32 in a list"
        case .e: "wide and sparse, 20 of 200 fields present"
        case .f: "adversarial, unique random strings"
        }
    }

    /// Rows of a full run; chosen so that each fits in 24 GiB with all its stores.
    var fullRowCount: Int {
        switch self {
        case .a, .b: 5_000_000
        case .c, .f: 1_000_000
        case .d, .e: 300_000
        }
    }

    var schema: Schema {
        let keyType: KeyType =
            switch self {
            case .a, .d, .e: .int64
            case .b, .c, .f: .string
            }
        return Schema(
            key: KeySchema(columns: [KeyColumn(name: "id", type: keyType)]), fields: fields)
    }

    private var fields: [Field] {
        switch self {
        case .a, .b: FeatureRows.fields
        case .c: TextRows.fields
        case .d: EmbeddingRows.fields
        case .e: SparseRows.fields
        case .f: RandomTextRows.fields
        }
    }

    /// The fields of each question.
    func names(_ asked: Asked) -> [String] {
        let names = fields.map(\.name)
        switch asked {
        case .all: return names
        case .one: return [names[names.count / 2]]
        case .two: return [names[0], names[names.count - 1]]
        }
    }

    /// The generator of its rows, in key order.
    func rows(count: Int) -> any RowGenerator {
        switch self {
        case .a: FeatureRows(count: count, hasStringKeys: false)
        case .b: FeatureRows(count: count, hasStringKeys: true)
        case .c: TextRows(count: count)
        case .d: EmbeddingRows(count: count)
        case .e: SparseRows(count: count)
        case .f: RandomTextRows(count: count)
        }
    }
}

/// The fields that a lookup asks for.
enum Asked: Int, CaseIterable {
    /// Every field.
    case all
    /// The one in the middle.
    case one
    /// The first and the last.
    case two
}

/// A deterministic source of rows.
protocol RowGenerator {
    /// All encoded keys, ascending and distinct.
    var keys: Keys { get }
    /// Appends the next row's values, in field order.
    mutating func next(into record: inout RecordBuilder) throws
    /// Appends a key that looks like the others; it may be one of them.
    mutating func appendCandidateKey(to key: inout [UInt8])
}

/// Encoded keys, ascending and distinct.
struct Keys {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Keys of one int64 column.
    init(integers: [Int64], schema: KeySchema) {
        bytes.reserveCapacity(integers.count * 8)
        ends.reserveCapacity(integers.count)
        for integer in integers {
            schema.append(int64: integer, to: &bytes)
            ends.append(bytes.count)
        }
    }

    /// Keys of one string column.
    init(strings: [String]) {
        ends.reserveCapacity(strings.count)
        for string in strings {
            bytes.append(contentsOf: string.utf8)
            ends.append(bytes.count)
        }
    }

    var count: Int { ends.count }

    func withKey<T>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let start = index == 0 ? 0 : ends[index - 1]
        return try bytes.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[index]]))
        }
    }

    func contains(_ key: [UInt8]) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let order = withKey(middle) { found in
                key.withUnsafeBytes { compareBytes(found, $0) }
            }
            if order == 0 { return true }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
    }

    /// Distinct integers below `limit`, ascending.
    static func distinctIntegers(count: Int, bits: Int, _ draws: inout Draws) -> [Int64] {
        var integers: [Int64] = []
        while integers.count < count {
            for _ in integers.count..<count {
                integers.append(Int64(draws.bits() >> UInt64(64 - bits)))
            }
            integers.sort()
            var distinct = 0
            for index in integers.indices
            where index == 0 || integers[index] != integers[distinct - 1] {
                integers[distinct] = integers[index]
                distinct += 1
            }
            integers.removeLast(integers.count - distinct)
        }
        return integers
    }
}
