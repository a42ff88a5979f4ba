import Foundation
import TestSupport
import Testing

@testable import NostosCLI

@Suite struct JSONMembersTests {
    private func members(_ text: String) -> JSONMembers? { JSONMembers(Array(text.utf8)) }

    @Test func valuesKeepTheirOwnTexts() {
        let json = members(#" {"a": 1.0e+2, "b" : "x\"}]" ,"c":{"d":[1,2]},"e":[ ],"f":null} "#)
        #expect(json?["a"] == "1.0e+2")
        #expect(json?["b"] == #""x\"}]""#)
        #expect(json?["c"] == #"{"d":[1,2]}"#)
        #expect(json?["f"] == "null" && json?["g"] == nil)
        #expect(json?.elements("e") == [] && json?.elements("a") == nil)
    }

    @Test func elementsKeepTheirOwnTexts() {
        let json = members(#"{"rows":[{"key":9007199254740993},"a,b",[1,[2]],-0.0]}"#)
        #expect(
            json?.elements("rows")
                == [#"{"key":9007199254740993}"#, #""a,b""#, "[1,[2]]", "-0.0"])
        #expect(members("{}")?.elements("rows") == nil)
    }

    @Test(arguments: [
        "", "[]", "1", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{:1}",
        "{\"a\":[1}", "{\"a\":\"x}", "{\"a\":\"\\", "{\"a\" 1}",
    ])
    func textThatIsCutOrBrokenHasNoMembers(text: String) {
        #expect(members(text) == nil)
    }

    /// Foundation's own documents, of every shape, have the members that Foundation finds.
    @Test(arguments: UInt64(0)..<100)
    func findsTheMembersThatFoundationFinds(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let object = Dictionary(
            (0..<Int.random(in: 0...8, using: &random)).map { index in
                ("m\(index)", value(depth: 3, &random))
            }, uniquingKeysWith: { first, _ in first })
        let data = try JSONSerialization.data(
            withJSONObject: object, options: seed.isMultiple(of: 2) ? [] : [.prettyPrinted])
        let json = try #require(JSONMembers(Array(data)))
        for (name, value) in object {
            let text = try #require(json[name])
            let found = try JSONSerialization.jsonObject(
                with: Data(text.utf8), options: [.fragmentsAllowed])
            #expect(found as? NSObject == value as? NSObject, "\(name): \(text)")
        }
        #expect(json["m9"] == nil)
    }

    private func value(depth: Int, _ random: inout SplitMix64) -> Any {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: Int.random(in: -1000...1000, using: &random)
        case 1: ["", "\"", "\\", "a,b", "{]", "é\n"].randomElement(using: &random) ?? ""
        case 2: NSNull()
        case 3: Bool.random(using: &random)
        case 4:
            (0..<Int.random(in: 0...3, using: &random)).map { _ in
                value(depth: depth - 1, &random)
            }
        default: ["k": value(depth: depth - 1, &random)]
        }
    }
}
