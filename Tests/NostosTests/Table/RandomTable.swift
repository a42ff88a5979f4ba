import Nostos
import TestSupport

/// Random tables whose values lean towards what hurts: few distinct values, extremes, NULLs.
enum RandomTable {
    static func fixture(using random: inout SplitMix64) -> TableFixture {
        // One in four is wide: more sparse fields than bits in a word, fewer rows.
        let isWide = Int.random(in: 0..<4, using: &random) == 0
        let kinds = (0..<Int.random(in: 0...(isWide ? 150 : 12), using: &random)).map { _ in
            Int.random(in: 0..<14, using: &random)
        }
        let presences = kinds.map { _ in [3, 20, 80, 100].randomElement(using: &random) ?? 80 }
        let fields = kinds.enumerated().map { index, kind in
            Field(name: "f\(index)", type: type(of: kind), isList: (8...10).contains(kind))
        }
        let isString = Bool.random(using: &random)
        var keys: Set<KeyPart> = []
        for _ in 0..<Int.random(in: 0...(isWide ? 60 : 400), using: &random) {
            keys.insert(key(isString, using: &random))
        }
        let schema = KeySchema(columns: [KeyColumn(name: "id", type: isString ? .string : .int64)])
        let sorted = keys.compactMap { key in (try? schema.encode([key])).map { (key, $0) } }
            .sorted { $0.1.span.precedes($1.1.span) }
        var records: [(key: KeyPart, values: [TestValue])] = []
        for (key, _) in sorted {
            let values = zip(kinds, presences).map { kind, percent in
                Int.random(in: 0..<100, using: &random) < percent
                    ? value(of: kind, using: &random) : .null
            }
            records.append((key, values))
        }
        var fixture = TableFixture(
            keyType: isString ? .string : .int64, fields: fields, records: records)
        fixture.options.groupRowCount = [1, 2, 7, 64, 255].randomElement(using: &random) ?? 1
        fixture.options.filterShare = [0, 24].randomElement(using: &random) ?? 0
        fixture.options.groupSize = [64, 1 << 14].randomElement(using: &random) ?? 64
        fixture.options.batchSize = [1, 300, 1 << 18].randomElement(using: &random) ?? 1
        fixture.isProfiled = Int.random(in: 0..<4, using: &random) > 0
        return fixture
    }

    private static func key(_ isString: Bool, using random: inout SplitMix64) -> KeyPart {
        guard isString else {
            return .int64(
                Bool.random(using: &random)
                    ? Int64.random(in: -50...50, using: &random)
                    : Int64.random(in: .min ... .max, using: &random))
        }
        let size = Int.random(in: 0...14, using: &random)
        return .string(
            String((0..<size).map { _ in "ab\u{0}é".randomElement(using: &random) ?? "a" }))
    }

    private static func type(of kind: Int) -> ValueType {
        [
            .bool, .int64, .number, .string, .timestamp, .json, .any, .string, .string, .any,
            .number, .string,
            .string, .string,
        ][kind]
    }

    private static let words = ["table", "lookup", "index", "of", "the", "a", "reader", "\"é\""]

    private static func sentence(using random: inout SplitMix64) -> String {
        (0..<Int.random(in: 0..<120, using: &random))
            .map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    private static func value(of kind: Int, using random: inout SplitMix64) -> TestValue {
        let small = Int64.random(in: -9...9, using: &random)
        let large = Int64.random(in: .min ... .max, using: &random)
        switch kind {
        case 0: return .bool(small > 0)
        case 1: return .int(small == 0 ? large : small)
        case 2:
            switch Int.random(in: 0..<20, using: &random) {
            case 0: return .double(Double(large) * 1e-30)
            case 1: return .int(large)
            default: return .double(Double(small) / 8)
            }
        case 3: return .string(String(repeating: "é\"", count: Int(small.magnitude)))
        case 4: return .timestamp(small * 3_600_000_000 + (small == 9 ? 1 : 0))
        case 5: return .json("{\"x\":[\(small),null]}")
        case 6:
            return [.int(small), .string("s"), .bool(true), .bytes([1])].randomElement(
                using: &random) ?? .null
        case 7: return .string("unique \(large)")
        case 10:
            return .list(
                (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                    .double(Double(large >> Int64.random(in: 0...60, using: &random)) / 4096)
                })
        case 11: return .string(String(large.magnitude, radix: 16))
        case 12: return .string(sentence(using: &random))
        case 13: return .string(String(sentence(using: &random).prefix(Int(small.magnitude))))
        default:
            return .list(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    kind == 8 ? .string("tag\(small)") : value(of: 6, using: &random)
                })
        }
    }
}
