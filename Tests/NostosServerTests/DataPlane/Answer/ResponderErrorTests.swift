import SystemPackage
import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

@Suite struct ResponderErrorTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    /// Requests and their problems: request line, status, type, name.
    static let problems: [(line: String, status: Int, type: String, name: String?)] = [
        ("GET /v1", 404, "not-found", "/v1"),
        ("GET /?x", 400, "bad-request", "x"),
        ("GET /v1/jobs?job=profile", 400, "bad-request", "job=profile"),
        ("POST /", 405, "method-not-allowed", nil),
        ("FETCH /v1/jobs/profile/keys/1001", 501, "unknown-method", nil),
        ("get /v1/jobs/profile/keys/1001", 501, "unknown-method", nil),
        ("PUT /v1/jobs/profile/keys/1001", 405, "method-not-allowed", nil),
        ("GET /v1/jobs/n%6Fne/keys/1", 404, "job-not-found", "none"),
        ("GET /v1/jobs/pro%2Ffile/keys/1", 404, "job-not-found", "pro%2Ffile"),
        ("GET /v1/j%6Fbs/profile/ke%79s", 404, "not-found", "/v1/jobs/profile/keys"),
        ("GET /v1/jobs/", 404, "not-found", "/v1/jobs/"),
        ("GET /v1/jobs/profile", 404, "not-found", "/v1/jobs/profile"),
        ("GET /v1/jobs/profile/keys", 404, "not-found", "/v1/jobs/profile/keys"),
        ("GET /v1/jobs/profile/keys/1/2", 404, "not-found", "/v1/jobs/profile/keys/1/2"),
        ("GET /v1/jobs/profile/lookup/", 404, "not-found", "/v1/jobs/profile/lookup/"),
        ("GET /v1/jobs/profile/versions/12", 404, "not-found", "/v1/jobs/profile/versions/12"),
        ("GET /livez/", 404, "not-found", "/livez/"),
        ("GET /LIVEZ", 404, "not-found", "/LIVEZ"),
        ("GET /v1/jobs/none/keys/1", 404, "job-not-found", "none"),
        ("GET /v1/jobs//keys/1", 404, "job-not-found", nil),
        ("GET /v1/jobs/Profile/keys/1", 404, "job-not-found", "Profile"),
        ("GET /v1/jobs/profile%00/keys/1", 404, "job-not-found", "profile%00"),
        ("GET /v1/jobs/profile/keys/1", 404, "key-not-found", "1"),
        ("GET /v1/jobs/page/keys/none", 404, "key-not-found", "none"),
        ("GET /v1/jobs/fresh/keys/1", 404, "version-not-found", nil),
        ("GET /v1/jobs/fresh/versions/previous/keys/1", 404, "version-not-found", "previous"),
        ("GET /v1/jobs/course/versions/candidate/keys/1", 404, "version-not-found", "candidate"),
        ("GET /v1/jobs/profile/versions/99/keys/1", 404, "version-not-found", "99"),
        ("GET /v1/jobs/profile/versions/0/keys/1", 404, "version-not-found", "0"),
        ("GET /v1/jobs/profile/versions/-1/keys/1", 404, "version-not-found", "-1"),
        ("GET /v1/jobs/profile/versions/012/keys/1", 404, "version-not-found", "012"),
        ("GET /v1/jobs/profile/versions/latest/keys/1", 404, "version-not-found", "latest"),
        ("GET /v1/jobs/profile/versions//keys/1", 404, "version-not-found", nil),
        ("GET /v1/jobs/profile/versions/9/keys/1", 410, "version-gone", "9"),
        ("GET /v1/jobs/profile/keys/1001?fields=nope", 400, "unknown-field", "nope"),
        ("GET /v1/jobs/profile/keys/1001?fields=score,Score", 400, "unknown-field", "Score"),
        ("GET /v1/jobs/profile/keys/1001?fields=", 400, "unknown-field", nil),
        ("GET /v1/jobs/profile/keys/1001?fields=score,", 400, "unknown-field", nil),
        ("GET /v1/jobs/profile/keys/1001?fields=score,score", 400, "bad-request", "score"),
        ("GET /v1/jobs/profile/keys/1001?fields=%zz", 400, "bad-request", "%zz"),
        ("GET /v1/jobs/profile/keys/1001?fields=%ff", 400, "bad-request", "%ff"),
        ("GET /v1/jobs/profile/keys/1001?fields", 400, "bad-request", "fields"),
        ("GET /v1/jobs/profile/keys/1001?field=score", 400, "bad-request", "field"),
        ("GET /v1/jobs/profile/keys/1001?fields=score&x=1", 400, "bad-request", "x"),
        ("GET /v1/jobs/profile/keys/1001?fields=a&fields=b", 400, "unknown-field", "a"),
        ("GET /v1/jobs/profile/keys/1001?fields=score%2Cnope", 400, "unknown-field", "nope"),
        ("GET /v1/jobs/profile/rows?from=1&from=2", 400, "bad-request", "from"),
        ("GET /v1/jobs/profile/keys/", 400, "bad-key", nil),
        ("GET /v1/jobs/profile/keys/x", 400, "bad-key", "x"),
        ("GET /v1/jobs/profile/keys/+1", 400, "bad-key", "+1"),
        ("GET /v1/jobs/profile/keys/01", 400, "bad-key", "01"),
        ("GET /v1/jobs/profile/keys/-0", 400, "bad-key", "-0"),
        ("GET /v1/jobs/profile/keys/-", 400, "bad-key", "-"),
        ("GET /v1/jobs/profile/keys/1.0", 400, "bad-key", "1.0"),
        ("GET /v1/jobs/profile/keys/1,2", 400, "bad-key", "1,2"),
        ("GET /v1/jobs/profile/keys/%31", 404, "key-not-found", "1"),
        ("GET /v1/jobs/profile/keys/%2B1", 400, "bad-key", "%2B1"),
        ("GET /v1/jobs/profile/keys/%3", 400, "bad-key", "%3"),
        ("GET /v1/jobs/profile/keys/9223372036854775808", 400, "bad-key", "9223372036854775808"),
        ("GET /v1/jobs/profile/keys/-9223372036854775809", 400, "bad-key", "-9223372036854775809"),
        ("GET /v1/jobs/profile/keys/99999999999999999999", 400, "bad-key", "99999999999999999999"),
        ("GET /v1/jobs/page/keys/%", 400, "bad-key", "%"),
        ("GET /v1/jobs/page/keys/a%2", 400, "bad-key", "a%2"),
        ("GET /v1/jobs/page/keys/%2g", 400, "bad-key", "%2g"),
        ("GET /v1/jobs/page/keys/%ff", 400, "bad-key", "%ff"),
        ("GET /v1/jobs/page/keys/%C0%AF", 400, "bad-key", "%C0%AF"),
        ("GET /v1/jobs/page/keys/%ED%A0%80", 400, "bad-key", "%ED%A0%80"),
        ("GET /v1/jobs/course/keys/42", 400, "bad-key", "42"),
        ("GET /v1/jobs/course/keys/42,en,x", 400, "bad-key", "42,en,x"),
        ("GET /v1/jobs/course/keys/42%2Cen%2Cx", 400, "bad-key", "42%2Cen%2Cx"),
        ("GET /v1/jobs/course/keys/en,42", 400, "bad-key", "en,42"),
        ("GET /v1/jobs/course/keys/", 400, "bad-key", nil),
        (
            "GET /v1/jobs/page/keys/\(String(repeating: "x", count: 4097))", 400, "bad-key",
            String(repeating: "x", count: 200)
        ),
        ("POST /v1/jobs/profile/keys/1001", 405, "method-not-allowed", nil),
        ("DELETE /v1/jobs/none/keys/1001", 405, "method-not-allowed", nil),
        ("GET /v1/jobs/profile/lookup", 405, "method-not-allowed", nil),
        ("QUERY /livez", 405, "method-not-allowed", nil),
        ("POST /v1/jobs/profile/lookup?fields=score", 400, "bad-request", "fields"),
        ("POST /v1/lookup?fields=score", 400, "bad-request", "fields"),
        ("GET /v1/lookup", 405, "method-not-allowed", nil),
        ("GET /metrics", 404, "not-found", "/metrics"),
        ("GET /v1/jobs/profile/keys/1001?int64=number", 400, "bad-request", "number"),
        ("GET /v1/jobs/profile/keys/1001?int64=", 400, "bad-request", nil),
        ("GET /v1/jobs/profile/keys/1001?limit=1", 400, "bad-request", "limit"),
        ("POST /v1/jobs/profile/rows", 405, "method-not-allowed", nil),
        ("GET /v1/jobs/none/rows", 404, "job-not-found", "none"),
        ("GET /v1/jobs/fresh/rows", 404, "version-not-found", nil),
        ("GET /v1/jobs/profile/rows/", 404, "not-found", "/v1/jobs/profile/rows/"),
        ("GET /v1/jobs/profile/rows?limit=0", 400, "bad-request", "0"),
        ("GET /v1/jobs/profile/rows?limit=-1", 400, "bad-request", "-1"),
        ("GET /v1/jobs/profile/rows?limit=1001", 400, "bad-request", "1001"),
        ("GET /v1/jobs/profile/rows?limit=x", 400, "bad-request", "x"),
        ("GET /v1/jobs/profile/rows?limit=1&limit=2", 400, "bad-request", "limit"),
        ("GET /v1/jobs/profile/rows?offset=1", 400, "bad-request", "offset"),
        ("GET /v1/jobs/profile/rows?prefix=1", 400, "bad-request", "prefix"),
        ("GET /v1/jobs/profile/rows?from=x", 400, "bad-key", "x"),
        ("GET /v1/jobs/profile/rows?to=1.5", 400, "bad-key", "1.5"),
        ("GET /v1/jobs/page/rows?from=%ff", 400, "bad-key", "%ff"),
        ("GET /v1/jobs/course/rows?from=42,en,x", 400, "bad-key", "42,en,x"),
        ("GET /v1/jobs/course/rows?prefix=x", 400, "bad-key", "x"),
        ("GET /v1/jobs/profile/rows?fields=nope", 400, "unknown-field", "nope"),
        ("GET /v1/jobs/profile/rows?cursor=", 400, "bad-request", nil),
        ("GET /v1/jobs/profile/rows?cursor=AAAA", 400, "bad-request", "AAAA"),
    ]

    @Test(arguments: problems.indices)
    func whatIsWrongIsNamed(index: Int) throws {
        let (line, status, type, name) = Self.problems[index]
        let answer = try store.answer(line)
        #expect(answer.status == status, "\(line)")
        #expect(answer["type"] == type, "\(line)")
        #expect(answer["status"] == "\(status)")
        #expect(answer["name"] ?? "" == name ?? "", "\(line)")
        #expect(answer.fields["Content-Type"] == "application/problem+json")
        #expect(answer["title"]?.isEmpty == false)
        #expect(answer["detail"]?.isEmpty == false)
        #expect((answer.fields["Allow"] != nil) == (status == 405))
        #expect(["no-store", "no-cache"].contains(answer.fields["Cache-Control"]), "\(line)")
        let isAboutProfile = line.contains("/jobs/profile/") && ![404, 405, 501].contains(status)
        if isAboutProfile { #expect(answer.fields["Nostos-Version"] == "12") }
        #expect(answer.fields["ETag"] == nil)
    }

    /// Contents of lookups and their problems: job, content, status, type, name.
    static let contents: [(job: String, body: String, status: Int, type: String, name: String?)] = [
        ("profile", "", 400, "bad-request", nil),
        ("profile", "[]", 400, "bad-request", nil),
        ("profile", "{}", 400, "bad-request", "keys"),
        ("profile", #"{"fields":[]}"#, 400, "bad-request", "keys"),
        ("profile", #"{"keys":[1]"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1]}}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1]} x"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1,]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[1 2]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":1}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":null}"#, 400, "bad-request", nil),
        ("profile", #"{'keys':[1]}"#, 400, "bad-request", nil),
        ("profile", #"{keys:[1]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys" [1]}"#, 400, "bad-request", nil),
        ("profile", "\u{FEFF}" + #"{"keys":[1]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"keys":[1]}"#, 400, "bad-request", "keys"),
        ("profile", #"{"keys":[1],"k\u0065ys":[1]}"#, 400, "bad-request", "keys"),
        ("profile", #"{"keys":[1],"fields":[],"fields":[]}"#, 400, "bad-request", "fields"),
        ("profile", #"{"keys":[1],"version":1,"version":1}"#, 400, "bad-request", "version"),
        ("profile", #"{"keys":[1],"feilds":[]}"#, 400, "bad-request", "feilds"),
        ("profile", #"{"keys":[1],"":1}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":"a"}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":nul}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":[1]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["score","score"]}"#, 400, "bad-request", "score"),
        ("profile", #"{"keys":[1],"fields":["nope"]}"#, 400, "unknown-field", "nope"),
        ("profile", #"{"keys":[1],"fields":["\x"]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["\u12"]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["\ud800"]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["\udc00"]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["\ud800\u0041"]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["\ud800\ud800"]}"#, 400, "bad-request", nil),
        ("profile", "{\"keys\":[1],\"fields\":[\"a\nb\"]}", 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"fields":["a"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"version":nulls}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1],"version":9}"#, 410, "version-gone", "9"),
        ("profile", #"{"keys":[1],"version":99}"#, 404, "version-not-found", "99"),
        ("profile", #"{"keys":[1],"version":1.5}"#, 404, "version-not-found", "1.5"),
        ("profile", #"{"keys":[1],"version":"newest"}"#, 404, "version-not-found", "newest"),
        ("profile", #"{"keys":[null]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[true]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[{}]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[[[1]]]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[1.5]}"#, 400, "bad-key", "1.5"),
        ("profile", #"{"keys":[7,1e-3,8]}"#, 400, "bad-key", "1e-3"),
        ("profile", #"{"keys":[1e19]}"#, 400, "bad-key", "1e19"),
        (
            "profile", #"{"keys":[1e99999999999999999999]}"#, 400, "bad-key",
            "1e99999999999999999999"
        ),
        ("profile", #"{"keys":[9223372036854775808.0]}"#, 400, "bad-key", "9223372036854775808.0"),
        ("profile", #"{"keys":[01]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[+1]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[.5]}"#, 400, "bad-key", nil),
        ("profile", #"{"keys":[-]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1.]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[1e]}"#, 400, "bad-request", nil),
        ("profile", #"{"keys":[9223372036854775808]}"#, 400, "bad-key", "9223372036854775808"),
        ("profile", #"{"keys":["1001"]}"#, 400, "bad-key", "\\"),
        ("profile", #"{"keys":[[1001]]}"#, 400, "bad-key", "[1001]"),
        ("profile", #"{"keys":[[]]}"#, 400, "bad-key", "[]"),
        ("page", #"{"keys":[1]}"#, 400, "bad-key", "1"),
        ("page", #"{"keys":["a",["a"]]}"#, 400, "bad-key", "[\\"),
        ("course", #"{"keys":[42]}"#, 400, "bad-key", "42"),
        ("course", #"{"keys":[[42]]}"#, 400, "bad-key", "[42]"),
        ("course", #"{"keys":[[]],"fields":["title"]}"#, 400, "bad-key", "[]"),
        ("course", #"{"keys":[["en",42]]}"#, 400, "bad-key", "\\"),
        ("course", #"{"keys":[[42,"en",1]]}"#, 400, "bad-key", "[42,\\"),
        ("none", #"{"keys":[1]}"#, 404, "job-not-found", "none"),
        ("fresh", #"{"keys":[1]}"#, 404, "version-not-found", nil),
    ]

    @Test(arguments: contents.indices)
    func whatIsWrongInAContentIsNamed(index: Int) throws {
        let (job, body, status, type, name) = Self.contents[index]
        let answer = try store.answer("POST /v1/jobs/\(job)/lookup", body: body)
        #expect(answer.status == status, "\(body)")
        #expect(answer["type"] == type, "\(body)")
        #expect(answer["name"] ?? "" == name ?? "", "\(body)")
        if job == "profile" { #expect(answer.fields["Nostos-Version"] == "12") }
    }

    @Test func aContentThatIsNotUTF8SaysWhere() throws {
        var responder = Responder()
        let head = "POST /v1/jobs/profile/lookup HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n"
        let body = Array("{\"keys\":[1".utf8) + [0xC0, 0x80]
        let answer = TestAnswer(try store.rawAnswer(&responder, Array(head.utf8) + body))
        #expect(answer.status == 400)
        #expect(answer["offset"] == "10")
    }

    @Test(arguments: Refusal.allCases)
    func everyRefusalIsAProblemAndTheLastAnswer(refusal: Refusal) {
        var responder = Responder()
        var output: [UInt8] = []
        responder.refuse(refusal, time: TestStore.now, to: &output)
        let answer = TestAnswer(output)
        #expect((400..<500).contains(answer.status) || [501, 505].contains(answer.status))
        #expect(answer.fields["Cache-Control"] == "no-store")
        #expect(answer.fields["Connection"] == "close")
        #expect(answer["detail"]?.isEmpty == false)
    }

    @Test func aDamagedTableFailsItsRequestsAndNoOthers() throws {
        let snapshot = try store.withLargeRecord(size: 100_000) { path in try TestStore.flip(path) }
        var responder = Responder()
        let bad = try store.answer(&responder, "GET /v1/jobs/large/keys/key", from: snapshot)
        #expect(bad.status == 503)
        #expect(bad["type"] == "not-ready")
        #expect(bad.fields["Nostos-Version"] == "1")
        #expect(!bad.body.contains("/tables/"))
        #expect(responder.tableError != nil)
        let lookup = try store.answer(
            &responder, "POST /v1/jobs/large/lookup", body: #"{"keys":["key"]}"#, from: snapshot
        )
        #expect(lookup.status == 503)
        let good = try store.answer(&responder, "GET /v1/jobs/course/keys/42,en", from: snapshot)
        #expect(good.status == 200)
    }
}
