import Nostos
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct SetCollectorTests {
    /// The set of some values as JSON, or nil when it is above the limit.
    private func set(
        _ values: [TestValue], maxSize: Int = 1000, limit: Int? = nil
    ) throws -> String? {
        var collector = SetCollector(maxSize: maxSize, limit: limit)
        return try set(values, &collector)
    }

    private func set(_ values: [TestValue], _ collector: inout SetCollector) throws -> String? {
        var output = GrowingMemory<UInt8>()
        do throws(CollectorProblem) {
            for value in values {
                // A test's own value that is bad shows as a wrong set.
                let bytes = (try? value.encoded()) ?? [0]
                try collector.add(0..<bytes.count, of: bytes.span)
            }
            try collector.finish(to: &output)
        } catch {
            return nil
        }
        var (text, position) = ([UInt8](), 0)
        EncodedValue.appendJSON(in: output.span, at: &position, to: &text)
        return position == output.count ? String(decoding: text, as: UTF8.self) : nil
    }

    @Test func valuesAreDistinctInOrderAndWithoutNull() throws {
        #expect(try set([]) == "[]")
        #expect(try set([nil, nil]) == "[]")
        #expect(try set(["b", nil, "a", "b", "B", "ab"]) == #"["B","a","ab","b"]"#)
        #expect(try set([10, 9, .number("9.5"), -1, .number("9.50"), 9]) == "[-1,9,9.5,10]")
        #expect(
            try set([.bytes([1]), "t", 3, true, .json("{}"), .timestamp(0), false])
                == #"[false,true,3,"t","1970-01-01T00:00:00Z",{},"AQ=="]"#)
    }

    @Test func aCollectorIsReused() throws {
        var collector = SetCollector(maxSize: 100)
        #expect(try set([3, 1], &collector) == "[1,3]")
        #expect(try set([], &collector) == "[]")
        #expect(try set([2], &collector) == "[2]")
    }

    /// Every sequence of up to 5 out of 4 values, with limits that force the dropping of repeated
    /// values in between.
    @Test func agreesWithModelOnEverySmallInput() throws {
        let kinds: [TestValue] = [nil, 1, 2, 3]
        for count in 0...5 {
            for code in 0..<(1 << (2 * count)) {
                let values = (0..<count).map { kinds[(code >> (2 * $0)) & 3] }
                let distinct = Set(values).subtracting([nil])
                let model = kinds.filter(distinct.contains).map { value -> String in
                    guard case .int(let number) = value else { return "" }
                    return String(number)
                }
                for limit in 1...4 {
                    let expected = "[" + model.prefix(limit).joined(separator: ",") + "]"
                    #expect(try set(values, limit: limit) == expected, "\(values) \(limit)")
                }
                for maxSize in [9, 18, 27, 100] {
                    let expected =
                        9 * distinct.count <= maxSize
                        ? "[" + model.joined(separator: ",") + "]" : nil
                    #expect(try set(values, maxSize: maxSize) == expected, "\(values) \(maxSize)")
                }
            }
        }
    }

    /// Texts that differ in every place there is, before and behind what a place keeps of them, in
    /// their sizes and in nothing but bytes of 0 at their end; among numbers and times; few and
    /// many.
    @Test(arguments: UInt64(0)..<200)
    func agreesWithModelOnTexts(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let maxCount = [6, 16, 17, 60][Int(seed % 4)]
        let values = (0..<Int.random(in: 0...maxCount, using: &random)).map { _ -> TestValue in
            switch Int.random(in: 0...9, using: &random) {
            case 0: return .int(Int64.random(in: -2...2, using: &random))
            case 1: return .timestamp(Int64.random(in: 0...2, using: &random))
            default:
                let size =
                    [0, 1, 6, 7, 8, 9, 15, 16, 31, 126, 127, 128, 200]
                    .randomElement(using: &random) ?? 0
                var text = [Character](repeating: "k", count: size)
                if size > 0 {
                    text[Int.random(in: 0..<size, using: &random)] =
                        ["\0", "a", "z", "\u{10FFFF}"].randomElement(using: &random) ?? "a"
                }
                return .string(String(text))
            }
        }
        let encoded = try values.map { try $0.encoded() }
        let sorted = Set(encoded).sorted { EncodedValue.precedes($0.span, $1.span) }
        var model: [UInt8] = []
        let elements = sorted.flatMap { $0 }
        try EncodedValue.append(list: elements.span, to: &model)

        var collector = SetCollector()
        var output = GrowingMemory<UInt8>(capacity: 0)
        for value in encoded {
            // In the midst of others, and at their end, where no more can be read.
            let before = [UInt8](repeating: 0xFF, count: Int.random(in: 0...40, using: &random))
            let after = [UInt8](repeating: 0xFF, count: Int.random(in: 0...40, using: &random))
            let all = before + value + after
            try collector.add(before.count..<before.count + value.count, of: all.span)
        }
        try collector.finish(to: &output)
        // The bytes themselves would be pages.
        let isModel = bytes(of: output.span) == model
        #expect(isModel, "\(values)")
    }

    @Test(arguments: UInt64(0)..<10)
    func agreesWithModelOnManyRepeatedValues(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let values = (0..<3000).map { _ in Int64.random(in: -20...20, using: &random) }
        let model = Set(values).sorted().map(String.init).joined(separator: ",")
        #expect(try set(values.map { .int($0) }, maxSize: 9 * 41) == "[\(model)]")
    }

    /// 3,000 values of which three are kept: never more than six of 9 bytes at a time.
    @Test func aLimitedSetStaysSmall() throws {
        let values = (0..<3000).map { TestValue.int(Int64($0 * 7919 % 3001)) }
        #expect(try set(values, maxSize: 6 * 9, limit: 3) == "[0,1,2]")
    }
}
