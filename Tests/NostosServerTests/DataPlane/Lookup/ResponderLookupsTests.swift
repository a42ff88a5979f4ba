import Testing

@testable import Nostos
@testable import NostosServer

/// Lookups of several jobs at once, and integers as strings.
@Suite struct ResponderLookupsTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    @Test(arguments: ["POST", "QUERY"])
    func eachLookupGetsWhatItWouldGetAlone(method: String) throws {
        let answer = try store.answer(
            "\(method) /v1/lookup",
            body: #"{"requests":[{"job":"profile","keys":[1001,9],"fields":["score"]},"#
                + #"{"keys":[[42,"en"]],"job":"course@1"},"#
                + #"{"job":"profile","version":"previous","keys":[1001]},"#
                + #"{"job":"profile@13","keys":[]}]}"#)
        let age = #""published":"2026-01-02T03:04:05Z","age":90,"#
        #expect(answer.body.components(of: age) == 4)
        #expect(answer.status == 200)
        #expect(
            answer.body.replacing(age, with: "")
                == #"{"responses":[{"job":"profile","version":12,"results":["#
                + #"{"key":1001,"found":true,"values":{"score":-7}},{"key":9,"found":false}]},"#
                + #"{"job":"course","version":1,"results":["#
                + #"{"key":[42,"en"],"found":true,"values":{"title":"Swift"}}]},"#
                + #"{"job":"profile","version":10,"results":["#
                + #"{"key":1001,"found":true,"values":{"language":"fr","plan":"free"}}]},"#
                + #"{"job":"profile","version":13,"results":[]}]}"#)
        #expect(answer.fields["Nostos-Version"] == nil)
        #expect(answer.fields["Cache-Control"] == "no-cache")
        #expect(
            try store.answer("POST /v1/lookup", body: #"{"requests":[]}"#).body
                == #"{"responses":[]}"#)
    }

    /// Contents and their problems: content, status, type, name, number of the lookup.
    static let contents: [(String, Int, String, String?, String?)] = [
        ("", 400, "bad-request", nil, nil), ("{}", 400, "bad-request", nil, nil),
        (#"{"keys":[1]}"#, 400, "bad-request", "keys", nil),
        (#"{"requests":{}}"#, 400, "bad-request", nil, nil),
        (#"{"requests":[],"x":1}"#, 400, "bad-request", nil, nil),
        (#"{"requests":[{"keys":[1]}]}"#, 400, "bad-request", "job", nil),
        (#"{"requests":[{"job":"profile"}]}"#, 400, "bad-request", "keys", nil),
        (#"{"requests":[{"job":1,"keys":[1]}]}"#, 400, "bad-request", nil, nil),
        (#"{"requests":[{"job":"a","job":"b","keys":[1]}]}"#, 400, "bad-request", "job", nil),
        (
            #"{"requests":[{"job":"profile@12","version":12,"keys":[1]}]}"#, 400, "bad-request",
            "profile@12", nil
        ),
        (
            #"{"requests":[{"job":"profile","keys":[]},{"job":"none","keys":[]}]}"#, 404,
            "job-not-found", "none", "1"
        ),
        (
            #"{"requests":[{"job":"profile@9","keys":[]}]}"#, 410, "version-gone", "9", "0"
        ),
        (
            #"{"requests":[{"job":"profile@","keys":[]}]}"#, 404, "version-not-found", nil, nil
        ),
        (
            #"{"requests":[{"job":"page","keys":["a"]},{"job":"page","keys":[1]}]}"#, 400,
            "bad-key", "1", "1"
        ),
        (
            #"{"requests":[{"job":"page","keys":["a"],"fields":["nope"]}]}"#, 400,
            "unknown-field", "nope", "0"
        ),
    ]

    @Test(arguments: contents.indices)
    func oneLookupThatGoesWrongFailsAll(index: Int) throws {
        let (body, status, type, name, request) = Self.contents[index]
        let answer = try store.answer("POST /v1/lookup", body: body)
        #expect(answer.status == status, "\(body)")
        #expect(answer["type"] == type, "\(body)")
        #expect(answer["name"] ?? "" == name ?? "", "\(body)")
        #expect(answer["request"] == request, "\(body)")
    }

    @Test func allLookupsTogetherHaveAThousandKeys() throws {
        func body(_ counts: [Int]) -> String {
            let requests = counts.map { count in
                let keys = Array(repeating: "1", count: count).joined(separator: ",")
                return #"{"job":"profile","keys":[\#(keys)],"fields":[]}"#
            }
            return #"{"requests":[\#(requests.joined(separator: ","))]}"#
        }
        for (counts, status) in [
            ([600, 400], 200), ([600, 401], 413), (Array(repeating: 1, count: 100), 200),
            (Array(repeating: 0, count: 101), 413),
        ] {
            #expect(try store.answer("POST /v1/lookup", body: body(counts)).status == status)
        }
    }

    // MARK: - int64=string

    @Test func integersComeAsStringsWhereAskedFor() throws {
        let largest = Int64.max
        let one = try store.answer("GET /v1/jobs/profile/keys/\(largest)?int64=string")
        #expect(
            one.body == #"{"key":"\#(largest)","version":12,"values":"#
                + #"{"language":null,"subtitles":[],"score":"\#(largest)"}}"#)
        let many = try store.answer(
            "POST /v1/jobs/profile/lookup?int64=string",
            body: #"{"keys":["1001",-5,"3"],"fields":["score","language"]}"#)
        #expect(many.status == 200)
        #expect(
            many.body.contains(
                #"{"key":"1001","found":true,"values":{"score":"-7","language":"en"}}"#))
        #expect(many.body.contains(#"{"key":"-5","found":true,"values":{"score":null,"#))
        #expect(many.body.contains(#"{"key":"3","found":false}"#))
        let composite = try store.answer("GET /v1/jobs/course/keys/42,en?int64=string&fields=title")
        #expect(composite.body.hasPrefix(#"{"key":["42","en"],"#))
        let rows = try store.answer(
            "GET /v1/jobs/profile/rows?int64=string&fields=score&from=1000&limit=1")
        #expect(rows.body.contains(#"{"key":"1001","values":{"score":"-7"}}"#))
        let page = try store.answer("GET /v1/jobs/page/keys/42?int64=string")
        #expect(page.body == #"{"key":"42","version":3,"values":{"title":"digits","size":"3"}}"#)
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, [true, false], #"{"a":"1","b":2}"#),
        (#"{"a":-12,"b":1.5}"#, [true, true], #"{"a":"-12","b":1.5}"#),
        (#"{"a":[1,-2,3e5,null],"b":[1]}"#, [true, false], #"{"a":["1","-2",3e5,null],"b":[1]}"#),
        (
            #"{"a":"1,\"2","b":{"c":[1,{"d":2}],"e":3},"f":4}"#, [true, false, true],
            #"{"a":"1,\"2","b":{"c":[1,{"d":2}],"e":3},"f":"4"}"#
        ),
        (#"{"1":true,"\\":7}"#, [true, true], #"{"1":true,"\\":"7"}"#),
        ("{}", [], "{}"),
    ])
    func onlyIntegersOfMarkedMembersAreQuoted(text: String, marks: [Bool], expected: String) {
        var output: [UInt8] = []
        IntegerQuoting.append(Array(text.utf8).span, marks: marks, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    // MARK: - Counts

    @Test func answersAndKeysAreCounted() throws {
        var responder = Responder()
        for line in [
            "GET /v1/jobs/profile/keys/1001", "GET /v1/jobs/profile/keys/1", "GET /livez", "GET /x",
        ] {
            _ = try store.answer(&responder, line)
            responder.count(nanoseconds: 60_000)
        }
        _ = try store.answer(
            &responder, "POST /v1/jobs/page/lookup", body: #"{"keys":["42","43","a,b"]}"#)
        responder.count(nanoseconds: 2_000_000_000)
        let counts = responder.takeCounts()
        func answers(_ route: RouteName, _ code: Int) -> UInt64? {
            RequestCounts.codes.firstIndex(of: code).map {
                counts.routes[route.rawValue].answers[$0]
            }
        }
        #expect(answers(.record, 200) == 1)
        #expect(answers(.record, 404) == 1)
        #expect(answers(.health, 200) == 1)
        #expect(answers(.none, 404) == 1)
        #expect(answers(.lookup, 200) == 1)
        #expect(counts.routes[RouteName.record.rawValue].times[1] == 2)
        #expect(counts.routes[RouteName.lookup.rawValue].times.last == 1)
        #expect(counts.routes[RouteName.record.rawValue].nanoseconds == 120_000)
        #expect(counts.lookups["profile"].map { [$0.found, $0.missing] } == [1, 1])
        #expect(counts.lookups["page"].map { [$0.found, $0.missing] } == [2, 1])
        #expect(responder.takeCounts().lookups.isEmpty)
    }
}
