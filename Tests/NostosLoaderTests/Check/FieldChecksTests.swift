import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Checks of one field, each at its limit, one under it and one over.
@Suite struct FieldChecksTests {
    private let harness = try? CheckHarness()

    private func found(
        _ check: any FieldCheck, _ values: [TestValue], isList: Bool = false
    ) throws -> String {
        let harness = try #require(harness)
        return try harness.finding(check, harness.table(values, isList: isList)).text
    }

    private func missing(_ max: Double, _ severity: CheckSpec.Severity = .error) -> MissingCheck {
        MissingCheck(field: "v", max: max, severity: severity)
    }

    @Test func keysWithoutTheFieldAreCounted() throws {
        let values: [TestValue] = [nil, "a", "b", "null"]
        #expect(
            try found(missing(25), values) == "ok: 25.0 % of 4 keys without v (at most 25 %)")
        #expect(
            try found(missing(24.9), values)
                == #"fails: 25.0 % of 4 keys without v (at most 24.9 %) ["1"]"#)
        #expect(
            try found(missing(0, .warn), [nil, nil])
                == #"fails: 100.0 % of 2 keys without v (warn above 0 %) ["1", "2"]"#)
        #expect(try found(missing(0), []) == "ok: 0.0 % of 0 keys without v (at most 0 %)")
    }

    @Test func anEmptyListIsMissing() throws {
        #expect(
            try found(missing(0), [.list([]), .list(["a"]), nil], isList: true)
                == #"fails: 66.7 % of 3 keys without v (at most 0 %) ["1", "3"]"#)
    }

    /// One of a million is above nothing, and must not read as nothing.
    @Test func aSmallShareIsNotShownAsNone() {
        #expect(Figures.percent(0.0001, limit: 0) == "0.0001 %")
        #expect(Figures.percent(5.04, limit: 5) == "5.04 %")
        #expect(Figures.percent(5, limit: 5) == "5.0 %")
        #expect(Figures.percent(66.666) == "66.7 %")
        #expect(Figures.percent(stated: 0.5) == "0.5 %")
        #expect(Figures.count(2_104_331) == "2,104,331")
        #expect(Figures.count(-1_000) == "-1,000")
    }

    private func range(_ min: Literal?, _ max: Literal?) -> RangeCheck {
        RangeCheck(min: min, max: max)
    }

    @Test func bothEndsOfARangeBelongToIt() throws {
        let check = { range(.int64(0), .int64(1)) }
        #expect(
            try found(check(), [0, 1, .double(0.5), nil, .number("1.0")])
                == "ok: all values from 0 to 1")
        #expect(
            try found(check(), [0, .number("1.0000000001"), 1, .double(-0.0001)])
                == #"fails: 2 of 4 keys outside, such as 1.0000000001 (from 0 to 1) ["2", "4"]"#)
        #expect(
            try found(check(), [.double(7.3)])
                == #"fails: 1 of 1 key outside, such as 7.3 (from 0 to 1) ["1"]"#)
    }

    /// Beyond what a double can tell apart, and in both notations.
    @Test func numbersCompareExactly() throws {
        let large: Int64 = 9_007_199_254_740_993
        #expect(
            try found(range(nil, .int64(large)), [.int(large), .int(large + 1)])
                == "fails: 1 of 2 keys outside, such as 9007199254740994 "
                + #"(at most 9007199254740993) ["2"]"#)
        #expect(
            try found(range(.number("1e-7"), nil), [.number("1e-7"), .number("0.99e-7")])
                == #"fails: 1 of 2 keys outside, such as 9.9e-8 (at least 1e-7) ["2"]"#)
        #expect(
            try found(
                range(.int64(.min), .number("1e30")),
                [
                    .int(.min), .int(.max), .number("1e30"),
                    .number("123456789012345678901234567890"),
                ]
            ) == "ok: all values from -9223372036854775808 to 1e+30")
        #expect(
            try found(range(.number("-0.5"), nil), [.double(-0.5), .double(-0.25), 0])
                == "ok: all values at least -0.5")
    }

    /// Plain numbers take a way of their own: the same answers as the encoded values'.
    @Test(arguments: UInt64(0)..<20)
    func plainNumbersCompareAsEncodedOnesDo(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func number() -> String {
            let digits = Int.random(in: 1...18, using: &random)
            let mantissa = Int64.random(in: 0..<1_000_000_000_000_000_000, using: &random)
            let text = String(String(mantissa).prefix(digits))
            let point = Int.random(in: 0...text.count, using: &random)
            let sign = Bool.random(using: &random) ? "-" : ""
            return sign + (point == 0 ? "0" : text.prefix(point)) + "."
                + (point == text.count ? "0" : text.dropFirst(point))
        }
        for _ in 0..<200 {
            var texts = [number(), number()]
            if Bool.random(using: &random) { texts[1] = texts[0] + "0" }
            if Bool.random(using: &random) { texts[1] = String(texts[0].prefix { $0 != "." }) }
            let (leftText, rightText) = (Array(texts[0].utf8), Array(texts[1].utf8))
            guard let left = PlainNumber(leftText.span), let right = PlainNumber(rightText.span)
            else { continue }
            let leftValue = try TestValue.number(texts[0]).encoded()
            let rightValue = try TestValue.number(texts[1]).encoded()
            let precedes = EncodedValue.precedes(leftValue.span, rightValue.span)
            let follows = EncodedValue.precedes(rightValue.span, leftValue.span)
            #expect((left < right) == precedes && (right < left) == follows, "\(texts)")
        }
        for text in ["", "-", ".", "1.", ".5", "1e3", "1.2.3", "-0x", "\"1\"", "null"] {
            let bytes = Array(text.utf8)
            let isPlain = PlainNumber(bytes.span) != nil
            #expect(!isPlain, "\(text)")
        }
    }

    @Test func whatIsNoNumberIsInNoRange() throws {
        #expect(
            try found(range(.int64(0), nil), ["1", true, 1])
                == #"fails: 2 of 3 keys outside, such as "1" (at least 0) ["1", "2"]"#)
    }

    @Test func ofAListEveryElementIsLookedAt() throws {
        let lists: [TestValue] = [.list([1, 2]), .list([]), nil, .list([1, 9, 12])]
        #expect(
            try found(range(.int64(1), .int64(8)), lists, isList: true)
                == #"fails: 1 of 4 keys outside, such as 9 (from 1 to 8) ["4"]"#)
        let words: [TestValue] = [
            .list(["a,b", "c\"]"]), .list([.json("[1,\"]\"]"), "a,b"]), .list(["x"]),
        ]
        #expect(
            try found(
                InSetCheck(values: [.string("a,b"), .string("c\"]")]), words, isList: true)
                == #"fails: 2 of 3 keys with other values, such as [1,"]"], "x" "#
                + #"(one of "a,b", "c\"]") ["2", "3"]"#)
    }

    @Test func valuesOutsideOfASetAreShown() throws {
        let check = {
            InSetCheck(values: [.string("free"), .string("pro"), .int64(1), .bool(true)])
        }
        #expect(
            try found(check(), ["free", "pro", 1, true, nil, "pro"])
                == #"ok: all values one of "free", "pro", 1, true"#)
        #expect(
            try found(check(), ["free", "gold", "Free", "gold", "1", false])
                == #"fails: 5 of 6 keys with other values, such as "gold", "Free", "1" "#
                + #"(one of "free", "pro", 1, true) ["2", "3", "4", "5", "6"]"#)
    }

    @Test func aSetOfNumbersKnowsThemInEveryNotation() throws {
        #expect(
            try found(
                InSetCheck(values: [.number("1.50"), .int64(2)]), [.double(1.5), .number("2.0")])
                == "ok: all values one of 1.5, 2")
    }

    @Test func tenOffendingKeysAreKept() throws {
        let finding = try #require(harness).finding(
            missing(0), try #require(harness).table(Array(repeating: nil, count: 64)))
        #expect(finding.keys == (1...10).map(String.init))
    }

    @Test func aKeyThatComesTwiceFailsThePrimaryKey() {
        var check = PrimaryKeyCheck()
        let schema = KeySchema(columns: [KeyColumn(name: "k", type: .string)])
        var offenders = Offenders(schema)
        for key in ["a", "b", "b", "c", "a"] where !check.observe(Array(key.utf8)) {
            offenders.add(Array(key.utf8))
        }
        #expect(
            check.finding(rowCount: 5, offenders).text
                == #"fails: 2 keys of 5 come twice ["\"b\"", "\"a\""]"#)
        #expect(
            check.finding(rowCount: 5, Offenders(schema)).text
                == "ok: 5 keys, each once and none null")
    }

    /// One walk, whatever the number of checks and fields.
    @Test func allChecksShareOneScan() throws {
        let table = try #require(harness).table(
            [Field(name: "v", type: .int64), Field(name: "w", type: .string)],
            (0..<40_000).map { [.int($0 % 7), $0 % 2 == 0 ? "a" : nil] })
        var scan = FieldScan(table)
        #expect(scan.isEmpty)
        scan.add(range(.int64(0), .int64(5)), of: "v", ordinal: 0)
        scan.add(InSetCheck(values: [.string("a")]), of: "w", ordinal: 1)
        scan.add(missing(50), of: "w", ordinal: 2)
        scan.addPrimaryKey(ordinal: 3)
        var reports: [Int] = []
        let findings = try scan.run { reports.append($0) }
        #expect(
            reports
                == Array(
                    stride(
                        from: ProgressInterval.rows, to: 40_000,
                        by: ProgressInterval.rows)))
        #expect((0..<4).map { findings[$0]?.verdict } == [.fails, .holds, .holds, .holds])
        #expect(findings[0]?.keys.first == "7")
    }
}
