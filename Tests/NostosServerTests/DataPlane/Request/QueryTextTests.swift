import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// Queries as the clients of many languages write them.
@Suite struct QueryTextTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    @Test(arguments: [
        ("", nil), ("fields=a,b", nil), ("fields=a&int64=string", nil), ("x", nil),
        ("a+b", "a%20b"), ("prefix=a+b", "prefix=a%20b"), ("prefix=a%2Bb", "prefix=a%2Bb"),
        ("fields=a%2Cb", "fields=a%2Cb"), ("f%69elds=%61", "fields=a"),
        ("limit=%31%30", "limit=10"),
        ("from=%2D5", "from=-5"), ("&fields=a&", "fields=a"), ("a=1&&b=2", "a=1&b=2"),
        ("fields=a&fields=b", "fields=a,b"), ("fields=a,b&fields=b&fields=c", "fields=a,b,c"),
        ("limit=1&limit=1", "limit=1"), ("limit=1&limit=2", "limit=1&limit=2"),
        ("fields=%zz", "fields=%zz"), ("fields=a%", "fields=a%"),
    ])
    func aQueryHasOneForm(text: String, canonical: String?) {
        let form = QueryText.canonical(Array(text.utf8).span)
        #expect(form.map { String(decoding: $0, as: UTF8.self) } == canonical)
        // It is the form of itself, unless escapes that must stay are in it.
        if let form, !form.contains(UInt8(ascii: "%")), canonical != "limit=1&limit=2" {
            #expect(QueryText.canonical(form.span) == nil)
        }
    }

    @Test func aQueryOfAThousandParametersIsLeftToTheError() throws {
        let query = (0..<1000).map { "a\($0)=1" }.joined(separator: "&")
        let answer = try store.answer("GET /v1/jobs/profile/keys/1001?\(query)")
        #expect(answer.status == 400 && answer["name"] == "a0")
    }

    /// The queries that urlencode, URLSearchParams, generated clients and people write for two
    /// fields.
    @Test(arguments: [
        "fields=score,language", "fields=score%2Clanguage", "fields=score%2clanguage",
        "fields=score&fields=language", "fields=score,language&fields=score",
        "fi%65lds=sc%6Fre%2Clanguage", "&fields=score%2Clanguage&", "fields=score,language&",
    ])
    func twoFieldsAreTwoHoweverTheyAreWritten(query: String) throws {
        var responder = Responder()
        // Twice: the second time the choice is known.
        for _ in 0..<2 {
            for (path, values) in [
                ("keys/1001?\(query)", #""values":{"score":-7,"language":"en"}"#),
                ("versions/12/keys/1001?\(query)", #""values":{"score":-7,"language":"en"}"#),
                ("rows?limit=1&from=1001&\(query)", #""values":{"score":-7,"language":"en"}"#),
                ("keys/1001?int64=string&\(query)", #""values":{"score":"-7","language":"en"}"#),
                ("keys/1001?\(query)&int64=strin%67", #""values":{"score":"-7","language":"en"}"#),
            ] {
                let answer = try store.answer(&responder, "GET /v1/jobs/profile/\(path)")
                #expect(answer.status == 200, "\(path): \(answer.body)")
                #expect(answer.body.contains(values), "\(path): \(answer.body)")
            }
        }
    }

    @Test func aFieldWithACommaInItsNameIsFoundByItsWholeName() throws {
        let table = TestTable(
            schema: Schema("id:int64 / a:int64 a,b:int64 b:int64"),
            rows: [([.int64(1)], [.int(1), .int(2), .int(3)])])
        let job = try TestStore.job("commas", in: store.layout, [(1, .current, table)])
        let snapshot = StoreSnapshot(generation: 2, jobs: [job], problems: [])
        var responder = Responder()
        for (fields, values) in [
            ("a%2Cb", #"{"a,b":2}"#), ("a,b", #"{"a":1,"b":3}"#), ("b%2Ca", #"{"b":3,"a":1}"#),
            ("a%2Cb,b", #"{"a,b":2,"b":3}"#),
        ] {
            let answer = try store.answer(
                &responder, "GET /v1/jobs/commas/keys/1?fields=\(fields)", from: snapshot)
            #expect(answer.body.contains(values), "\(fields): \(answer.body)")
        }
    }

    @Test(arguments: [
        ("prefix=a+b", ["a b"]), ("prefix=a%20b", ["a b"]), ("prefix=a%2Bb", ["a+b"]),
        ("from=a+b&to=a%2Bb", ["a b"]), ("prefix=%61", ["a b", "a+b"]),
        ("from=a%2Bb", ["a+b"]), ("limit=%31", ["a b"]), ("limit=1&limit=1", ["a b"]),
    ])
    func aPlusIsASpaceInAQuery(query: String, keys: [String]) throws {
        var responder = Responder()
        let answer = try store.answer(
            &responder, "GET /v1/jobs/texts/rows?\(query)", from: try texts())
        #expect(answer.body.matches(of: /"key":"(.*?)"/).map { String($0.1) } == keys)
    }

    @Test func aPlusIsAPlusInAPath() throws {
        let snapshot = try texts()
        for (path, key) in [
            ("a+b", "a+b"), ("a%2Bb", "a+b"), ("a%20b", "a b"), ("%61%20%62", "a b"),
        ] {
            var responder = Responder()
            let answer = try store.answer(
                &responder, "GET /v1/jobs/texts/keys/\(path)", from: snapshot)
            #expect(answer["key"] == key)
        }
    }

    private func texts() throws -> StoreSnapshot {
        let table = TestTable(
            schema: Schema("k:string / n:int64"),
            rows: [([.string("a b")], [.int(1)]), ([.string("a+b")], [.int(2)])])
        let job = try TestStore.job("texts", in: store.layout, [(1, .current, table)])
        return StoreSnapshot(generation: 2, jobs: [job], problems: [])
    }

    @Test(arguments: [
        ("from=42%2Cb", ["[42,\"en\"]"]), ("from=42,b", ["[42,\"en\"]"]),
        ("to=42%2Cb", ["[42,\"\"]", "[42,\"a,b\"]"]), ("prefix=42%2Ce", ["[42,\"en\"]"]),
        ("prefix=42%2Ca%2Cb", []), ("prefix=42,a%2Cb", ["[42,\"a,b\"]"]),
        ("prefix=%34%32", ["[42,\"\"]", "[42,\"a,b\"]", "[42,\"en\"]"]),
    ])
    func partsOfACompositeKeyAreSeparatedByCommasOfEitherForm(
        query: String, keys: [String]
    ) throws {
        let answer = try store.answer("GET /v1/jobs/course/rows?\(query)")
        let found = answer.body.matches(of: /{"key":(.*?),"values"/).map { String($0.1) }
        if keys.isEmpty { #expect(answer.status == 400) } else { #expect(found == keys) }
    }
}
