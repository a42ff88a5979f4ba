import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// Requests as real clients and proxies write them.
@Suite struct ResponderClientsTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    // MARK: - Paths

    @Test(arguments: [
        ("/v1/jobs/pr%6Ffile/keys/1001", "1001"), ("/%76%31/jobs/profile/keys/1001", "1001"),
        ("/v1/jobs/profile/k%65ys/%31001", "1001"),
        ("/v1/jobs/profile/version%73/12/keys/1001", "1001"),
        ("/v1/jobs/profile/versions/%31%32/keys/1001", "1001"),
        ("/v1/jobs/profile/versions/c%75rrent/keys/1001", "1001"),
        ("/v1/jobs/p%61ge/keys/caf%C3%A9%2F1", "caf\u{e9}/1"), ("/v1/jobs/page/keys/a,b", "a,b"),
        ("http://x/v1/jobs/p%61ge/keys/a%2Cb", "a,b"),
        ("/v1/jobs/page/keys/caf\u{e9}%2f1", "caf\u{e9}/1"),
    ])
    func anEscapeOfAPlainCharacterMeansTheCharacter(target: String, key: String) throws {
        let answer = try store.answer("GET \(target)")
        #expect(answer.status == 200, "\(answer.body)")
        #expect(answer["key"] == key)
    }

    @Test(arguments: [
        ("GET /live%7A", 200), ("GET /%72eadyz", 200), ("GET /v1/jobs/profile/row%73", 200),
        ("POST /v1/%6Cookup", 200), ("GET /v1/openapi%2Ejson", 200), ("GET /readyz?v%65rbose", 200),
        ("GET /v1%2Fjobs", 404),
    ])
    func everyRouteIsFoundByItsEscapes(line: String, status: Int) throws {
        let answer = try store.answer(
            line, body: line.hasPrefix("POST") ? "{\"requests\":[]}" : nil)
        #expect(answer.status == status)
    }

    @Test func rawCharactersOfAKeyAreThemselves() throws {
        let keys = ["a|b", "[x]", "a^b", "{y}", "a\"b", "<z>", "a\\b", "`", "\u{e4}"]
        let table = TestTable(
            schema: Schema("k:string / n:int64"), rows: keys.map { ([.string($0)], [.int(1)]) })
        let job = try TestStore.job("raw", in: store.layout, [(1, .current, table)])
        let snapshot = StoreSnapshot(generation: 2, jobs: [job], problems: [])
        var responder = Responder()
        for key in keys {
            let answer = try store.answer(
                &responder, "GET /v1/jobs/raw/keys/\(key)", from: snapshot)
            #expect(answer.status == 200, "\(key)")
            let rows = try store.answer(
                &responder, "GET /v1/jobs/raw/rows?from=\(key)&limit=1", from: snapshot)
            #expect(rows.body.contains("\"rows\":[{"), "\(key)")
        }
        let broken = Array("GET /v1/jobs/raw/keys/".utf8) + [0xE4]
        let text = broken + Array(" HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        #expect(
            TestAnswer(try store.rawAnswer(&responder, text, from: snapshot))["type"] == "bad-key")
    }

    // MARK: - Methods

    @Test(arguments: [
        ("/v1/jobs/profile/keys/1001", "GET, HEAD, OPTIONS"),
        ("/v1/jobs/none/rows", "GET, HEAD, OPTIONS"),
        ("/v1/lookup", "POST, QUERY, OPTIONS"), ("/", "GET, HEAD, OPTIONS"),
        ("*", "GET, HEAD, POST, QUERY, OPTIONS"), ("/readyz", "GET, HEAD, OPTIONS"),
        ("http://localhost", "GET, HEAD, OPTIONS"),
    ])
    func optionsSaysWhatAPathTakes(target: String, allow: String) throws {
        var responder = Responder()
        responder.access = Access([])
        let answer = try store.answer(&responder, "OPTIONS \(target)")
        #expect(answer.status == 204)
        #expect(answer.fields["Allow"] == allow)
        #expect(answer.fields["Content-Length"] == nil && answer.body.isEmpty)
    }

    @Test func optionsOfNoPathIsNotFound() throws {
        #expect(try store.answer("OPTIONS /nothing").status == 404)
    }

    // MARK: - Conditions

    @Test func aStarMatchesWhatIsThere() throws {
        for path in ["profile/keys/1001", "profile/versions/12/keys/1001", "course/keys/42,en"] {
            let answer = try store.answer("GET /v1/jobs/\(path)", ["If-None-Match: *"])
            #expect(answer.status == 304 && answer.body.isEmpty)
            #expect(answer.fields["ETag"] != nil)
            #expect(try store.answer("HEAD /v1/jobs/\(path)", ["If-None-Match: *"]).status == 304)
            #expect(try store.answer("GET /v1/jobs/\(path)", ["If-Match: *"]).status == 200)
        }
        #expect(try store.answer("GET /v1/jobs/profile/keys/1", ["If-None-Match: *"]).status == 404)
        #expect(try store.answer("GET /v1/jobs/profile/keys/1", ["If-Match: *"]).status == 404)
        #expect(try store.answer("GET /v1/jobs/none/keys/1", ["If-None-Match: *"]).status == 404)
        for accept in ["application/json", "application/x-ndjson"] {
            let fields = ["Accept: \(accept)", "If-None-Match: *"]
            #expect(try store.answer("GET /v1/jobs/profile/rows", fields).status == 304)
        }
    }

    @Test(arguments: ["/v1/jobs/profile/keys/1001", "/v1/jobs/profile/rows"])
    func tagsMayStandInSeveralLines(path: String) throws {
        let tag = try #require(try store.answer("GET \(path)").fields["ETag"])
        for lines in [
            ["If-None-Match: \"x\"", "If-None-Match: \(tag)"],
            ["If-None-Match: \(tag)", "If-None-Match: \"x\""],
            ["If-None-Match:", "If-None-Match: W/\(tag)"],
            ["if-none-match: \"x\"", "IF-NONE-MATCH: *"],
        ] { #expect(try store.answer("GET \(path)", lines).status == 304, "\(lines)") }
        let others = ["If-None-Match: \"x\"", "If-None-Match: \"y\""]
        #expect(try store.answer("GET \(path)", others).status == 200)
    }

    @Test(arguments: ["/v1/jobs/profile/keys/1001", "/v1/jobs/profile/rows"])
    func anIfMatchThatDoesNotMatchFails(path: String) throws {
        let tag = try #require(try store.answer("GET \(path)").fields["ETag"])
        for (lines, status) in [
            (["If-Match: \(tag)"], 200), (["If-Match: \"x\", \(tag)"], 200),
            (["If-Match: \"x\"", "If-Match: \(tag)"], 200), (["If-Match: \"x\""], 412),
            (["If-Match: W/\(tag)"], 412), (["If-Match: \(tag)", "If-None-Match: \(tag)"], 304),
            (["If-Match: \"x\"", "If-None-Match: \(tag)"], 412),
        ] {
            let answer = try store.answer("GET \(path)", lines)
            #expect(answer.status == status, "\(lines)")
            guard status == 412 else { continue }
            #expect(answer["type"] == "precondition-failed")
            #expect(answer.fields["Cache-Control"] == "no-cache")
            #expect(answer.fields["Nostos-Version"] == "12" && answer.fields["ETag"] == nil)
        }
    }

    // MARK: - Accept

    @Test(arguments: [
        ("application/json, application/x-ndjson;q=0.1", false),
        ("application/x-ndjson;q=0.5, application/json;q=0.9", false),
        ("application/json, application/x-ndjson", false), ("*/*", false), ("application/*", false),
        ("application/x-ndjson;q=0.0", false), ("application/x-ndjson;q=0.2, */*", false),
        ("application/x-ndjson", true), ("APPLICATION/X-NDJSON ; Q=1", true),
        ("application/x-ndjson, */*;q=0.1", true), ("application/x-ndjson, */*", true),
        ("application/json;q=0.1, application/x-ndjson;q=0.101", true),
        ("text/html, application/x-ndjson;charset=utf-8;q=0.3", true),
        ("application/*;q=0.9, application/x-ndjson;q=0.8, */*;q=0.1", false),
        ("application/json;q=0, application/x-ndjson;q=0.1", true),
    ])
    func thePreferredFormIsSent(accept: String, isLines: Bool) throws {
        let lines = [
            ["Accept: \(accept)"], accept.split(separator: ",").map { "Accept: \($0)" },
        ]
        for fields in lines {
            let answer = try store.answer("GET /v1/jobs/profile/rows?limit=1", fields)
            let type = isLines ? "application/x-ndjson" : "application/json"
            #expect(answer.fields["Content-Type"] == type, "\(fields)")
        }
    }

    // MARK: - Contents

    @Test func aCodedContentIsRefusedByName() throws {
        for (line, body) in [
            ("POST /v1/jobs/profile/lookup", #"{"keys":[1]}"#),
            ("QUERY /v1/lookup", #"{"requests":[]}"#),
        ] {
            let answer = try store.answer(line, ["Content-Encoding: gzip"], body: body)
            #expect(answer.status == 415 && answer["type"] == "unsupported-content-encoding")
            #expect(answer.fields["Accept-Encoding"] == "identity")
            #expect(
                try store.answer(line, ["Content-Encoding: identity"], body: body).status == 200)
        }
    }

    @Test(arguments: [
        (#"{"keys":[1001.0,-5e0,10.01e2],"version":12.0}"#, "1001,-5,1001"),
        (#"{"keys":[1001],"version":null,"fields":null}"#, "1001"),
        (#"{"fields": null , "keys":[-0.5e1]}"#, "-5"), (#"{"keys":[-0,0.0]}"#, "0,0"),
    ])
    func numbersAndNullsAreReadForWhatTheyMean(body: String, keys: String) throws {
        let answer = try store.answer("POST /v1/jobs/profile/lookup", body: body)
        #expect(answer.status == 200, "\(answer.body)")
        let found = answer.body.matches(of: /"key":(.*?),/).map { String($0.1) }
        #expect(found.joined(separator: ",") == keys)
        let several = try store.answer(
            "POST /v1/lookup",
            body: "{\"requests\":[{\"job\":\"profile\",\(body.dropFirst())]}")
        #expect(several.status == 200)
    }

    @Test func anErrorNamesTheKeyAndNothingAfterIt() throws {
        for (keys, name) in [
            (#""42,en","other""#, #""42,en""#), (#"[42,"en","z"],[1,"other"]"#, #"[42,"en","z"]"#),
            (#"[42],[1,"other"]"#, "[42]"),
            (#"[ 42 , "a]\"b" , 1 ],"other""#, #"[ 42 , "a]\"b" , 1 ]"#),
            ("1.5", "1.5"),
        ] {
            let answer = try store.answer(
                "POST /v1/jobs/course/lookup", body: #"{"keys":[\#(keys)],"fields":["title"]}"#)
            #expect(answer.status == 400)
            let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            #expect(answer.body.contains("\"name\":\"\(escaped)\""), "\(answer.body)")
        }
        let text = try store.answer("POST /v1/jobs/profile/lookup", body: #"{"keys":["1001"]}"#)
        #expect(text["detail"]?.contains("int64=string") == true)
    }

    // MARK: - What is served

    @Test(arguments: ["/", "/v1/jobs", "http://localhost"])
    func theListOfJobsSaysWhatIsServed(target: String) throws {
        let answer = try store.answer("GET \(target)")
        #expect(answer.status == 200 && answer.fields["Cache-Control"] == "no-cache")
        for part in [
            #"{"job":"profile","version":12,"published":"2026-01-02T03:04:05Z","age":90,"stale":false"#,
            #""versions":[13,12,10]"#, #""record":"/v1/jobs/profile/keys/{key}""#,
            #"{"job":"fresh","version":null,"versions":[]"#, #""openapi":"/v1/openapi.json""#,
        ] { #expect(answer.body.contains(part), "\(part)") }
        var responder = Responder()
        responder.access = Access([])
        #expect(try store.answer(&responder, "GET \(target)").status == 401)
    }

    @Test func eachOfSeveralLookupsHasItsAge() throws {
        let answer = try store.answer(
            "POST /v1/lookup",
            body: #"{"requests":[{"job":"profile","keys":[]},{"job":"course","keys":[]}]}"#)
        let age = #""published":"2026-01-02T03:04:05Z","age":90,"results":[]}"#
        #expect(
            answer.body
                == #"{"responses":[{"job":"profile","version":12,\#(age),{"job":"course","version":1,\#(age)]}"#
        )
    }

    @Test(arguments: [
        ("/v1/jobs/profil/rows", "profile"), ("/v1/jobs/cuorse/keys/1", "course"),
        ("/v1/jobs/profile/keys/1001?fields=langauge", "language"),
        ("/v1/jobs/profile/rows?fields=Score", "score"), ("/v1/jobs/elsewhere/rows", nil),
    ])
    func aNameThatIsNearlyRightIsSuggested(target: String, name: String?) throws {
        #expect(try store.answer("GET \(target)")["did_you_mean"] == name)
    }

    // MARK: - HTTP/1.0

    @Test func aConnectionOfHTTP10IsKeptWhereThatIsAsked() throws {
        var responder = Responder()
        func answer(_ target: String, _ fields: String) throws -> TestAnswer {
            let text = "GET \(target) HTTP/1.0\r\n\(fields)\r\n"
            return TestAnswer(try store.rawAnswer(&responder, Array(text.utf8)))
        }
        for target in ["/livez", "/v1/jobs/profile/keys/1001", "/nothing"] {
            #expect(try answer(target, "").fields["Connection"] == "close")
            let kept = try answer(target, "Connection: keep-alive\r\n")
            #expect(kept.fields["Connection"] == "keep-alive")
            #expect(kept.fields["Keep-Alive"] == "timeout=75")
        }
        let lines = try answer(
            "/v1/jobs/profile/rows?fields=score",
            "Connection: keep-alive\r\nAccept: application/x-ndjson\r\n")
        #expect(lines.fields["Connection"] == "close" && lines.fields["Transfer-Encoding"] == nil)
        #expect(lines.fields["Content-Length"] == nil)
        #expect(
            lines.body.components(of: "\n") == 4
                && lines.body.hasPrefix("{\"key\":-9223372036854775808"))
    }
}
