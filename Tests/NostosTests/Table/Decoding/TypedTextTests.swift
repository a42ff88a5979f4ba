import TestSupport
import Testing

@testable import Nostos

/// JSON texts as values: canonical ones as what they stand for, all others as JSON.
@Suite struct TypedTextTests {
    private func read(_ text: String, _ type: ValueType, isList: Bool = false) -> [UInt8] {
        var (record, scratch) = (EncodedRecord(), [UInt8]())
        let bytes = Array(text.utf8)
        if isList {
            TypedText.visit(list: bytes.span, as: type, with: &record, &scratch)
        } else {
            TypedText.visit(bytes.span, as: type, with: &record, &scratch)
        }
        return record.bytes
    }

    @Test(arguments: [
        ("1.0", ValueType.any), ("1e5", .any), ("-0", .any), ("01", .number), ("-", .number),
        ("1.", .number), (".5", .number), ("0.0000001", .number), ("1E+30", .number),
        ("\"\\u0041\"", .string), ("\"\\/\"", .string), ("\"\\u000a\"", .string),
        ("\"\\u001F\"", .string), ("\"\\", .string), ("\"\\u00\"", .string), ("\"", .string),
        ("", .string), ("tru", .bool), ("nulll", .any), ("{\"a\":1}", .any), ("[1]", .any),
        ("null", .json), ("\"a\"", .json), ("12", .json), ("\u{7f}", .number),
    ])
    func whatIsNotCanonicalIsJSON(_ text: String, _ type: ValueType) throws {
        var expected: [UInt8] = []
        EncodedValue.append(tag: .json, bytes: Array(text.utf8).span, to: &expected)
        #expect(read(text, type) == expected)
    }

    @Test(arguments: [
        "2026-01-31T08:05:00.50Z", "2026-02-30T08:05:00Z", "2026-01-31T24:00:00Z",
        "2026-01-31 08:05:00Z", "2026-01-31T08:05:00+0", "0000-01-01T00:00:00Z", "",
        "2026-01-31T08:05:00.Z", "2026-01-31T08:05:00.1234567Z",
    ])
    func whatIsNoTimeOfOursIsText(_ text: String) throws {
        #expect(read("\"\(text)\"", .timestamp) == (try TestValue.string(text).encoded()))
    }

    @Test(arguments: ["A", "AA", "AB==", "AAB=", "AA=A", "====", "AAAA=", "A-A=", "AA=="])
    func onlyCanonicalBase64IsBytes(_ text: String) throws {
        let expected: TestValue = text == "AA==" ? .bytes([0]) : .string(text)
        #expect(read("\"\(text)\"", .bytes) == (try expected.encoded()))
    }

    /// Values of every type, printed and read again.
    @Test(arguments: UInt64(0)..<8)
    func whatIsPrintedIsReadBack(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let bits = random.next() >> UInt64.random(in: 0..<64, using: &random)
            let number = Int64(truncatingIfNeeded: bits)
            let time = Int64.random(in: Timestamp.range, using: &random)
            let units: [Int64] = [1, 1000, 1_000_000]
            let unit = units.randomElement(using: &random) ?? 1
            let scale = Int.random(in: 0...30, using: &random)
            let text = String(
                (0..<Int.random(in: 0..<20, using: &random)).map { _ in
                    "ab\"\\\u{1}\n\u{1f}é".randomElement(using: &random) ?? "a"
                })
            let values: [(TestValue, ValueType)] = [
                (.int(number), .int64), (.number("\(number)e-\(scale)"), .number),
                (.number("\(number)e\(scale)"), .number),
                (.timestamp(time / unit * unit), .timestamp), (.string(text), .string),
                (.bytes(Array(text.utf8)), .bytes), (.bool(number % 2 == 0), .bool),
            ]
            for (value, type) in values {
                #expect(read(try value.json(), type) == (try value.encoded()), "\(value)")
                let list = TestValue.list([value, .null, value])
                #expect(read(try list.json(), type, isList: true) == (try list.encoded()))
            }
        }
    }

    @Test func elementsOfListsKeepTheirCommasAndBrackets() throws {
        let values: [TestValue] = [
            .list([]), .list([.string("a,b]"), .string("\"[{")]),
            .list([.json("{\"a\":[1,{\"b\":\",]\"}]}"), .null]),
        ]
        for value in values {
            #expect(read(try value.json(), .any, isList: true) == (try value.encoded()))
        }
    }

    /// Text that no writer makes: anything but a trap.
    @Test(arguments: UInt64(0)..<8)
    func brokenTextsAreReadSomehow(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let text = String(
                (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                    "[]{},\"\\u0019-.eTZ:=+tfn".randomElement(using: &random) ?? "a"
                })
            for type in ValueType.allCases {
                for isList in [false, true] { _ = read(text, type, isList: isList) }
            }
        }
    }
}
