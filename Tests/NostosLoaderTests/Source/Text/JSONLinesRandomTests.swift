import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Random objects, as they are and with wrong bytes in them, however their bytes are cut.
@Suite struct JSONLinesRandomTests {
    private static let scalars = [
        "null", "true", "-0", "1.5e3", "\"\"", "\"a\\\"b\"", "\"ü,}\"", "12345678901234567890",
    ]

    private func pick<Element>(_ elements: [Element], _ random: inout SplitMix64) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private func value(_ depth: Int, _ random: inout SplitMix64) -> String {
        let choice = Int.random(in: 0...9, using: &random)
        guard depth > 0, choice > 6 else { return pick(Self.scalars, &random) }
        let parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            value(depth - 1, &random)
        }
        guard choice > 8 else { return "[" + parts.joined(separator: " , ") + "]" }
        return "{" + parts.enumerated().map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private func line(_ random: inout SplitMix64) -> (text: String, values: [String?]) {
        var values: [String?] = [nil, nil, nil]
        let members = [0, 1, 2].shuffled(using: &random).prefix(
            Int.random(in: 1...3, using: &random))
        let texts = members.map { member in
            let value = value(2, &random)
            values[member] = value
            return "\"\("abc".map(String.init)[member])\"" + pick([":", " : "], &random) + value
        }
        return (
            "{" + texts.joined(separator: pick([",", ", "], &random)) + "}", values
        )
    }

    private func parser() -> JSONLinesParser {
        var parser = JSONLinesParser()
        parser.fixColumns(
            TextContract(columns: "abc".map { contract(String($0), .any) }), isEmpty: false)
        return parser
    }

    @Test(arguments: UInt64(0)..<30)
    func everyMemberIsFoundWhereItStands(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let lines = (0..<20).map { _ in line(&random) }
        let text = lines.map(\.text).joined(separator: "\n")
        for size in [1, 2, 5, 100, .max] {
            var buffer = InputBuffer(PieceInput(text, pieceSize: size))
            var parser = parser()
            var found: [[String?]] = []
            while true {
                var position = buffer.position
                let step = try parser.next(
                    in: buffer.bytes.span, at: &position, isLast: buffer.isAtEnd)
                buffer.position = position
                if step == .end { break }
                if step == .needsMore {
                    try buffer.refill()
                    continue
                }
                let bytes = buffer.bytes
                found.append(
                    parser.values.map { value in
                        let margin = value.kind == .string ? 1 : 0
                        return value.kind == .null
                            ? nil
                            : String(
                                decoding: bytes[value.start - margin..<value.end + margin],
                                as: UTF8.self)
                    })
            }
            #expect(found == lines.map { $0.values.map { $0 == "null" ? nil : $0 } }, "\(size)")
        }
    }

    /// One byte changed, taken out or put in: what the general JSON reader refuses is refused, and
    /// what it takes is, but for members that come twice or have no column.
    @Test(arguments: UInt64(0)..<40)
    func brokenLinesAreRefusedWhereJSONIsBroken(seed: UInt64) throws {
        var random = SplitMix64(seed: 1000 + seed)
        for _ in 0..<200 {
            var bytes = Array(line(&random).text.utf8)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let byte = pick(Array("\"\\{}[],:0e-.tn a\u{7}".utf8), &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0: bytes[place] = byte
            case 1: bytes.insert(byte, at: place)
            default: bytes.remove(at: place)
            }
            var sink: [UInt8] = []
            let isJSON = (try? EncodedValue.append(json: bytes.span, to: &sink)) != nil
            let text = String(decoding: bytes, as: UTF8.self)
            let read = ReadText(
                format: .jsonl,
                contract: TextContract(columns: "abc".map { contract(String($0), .json) }))
            let error = read.error(bytes)
            if error == "nothing is wrong" {
                #expect(isJSON, "\(text)")
            } else if isJSON {
                let isOurs =
                    error.contains("twice") || error.contains("without a name")
                    || error.contains("found no row") || error.contains("an object")
                #expect(isOurs, "\(text): \(error)")
            }
        }
    }
}
