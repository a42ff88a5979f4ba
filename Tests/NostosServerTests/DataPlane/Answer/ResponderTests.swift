import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

@Suite struct ResponderTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    // MARK: - Records

    @Test func aRecordHasItsKeyItsVersionAndAllItsFieldsInOrder() throws {
        let answer = try store.answer("GET /v1/jobs/profile/keys/1001")
        #expect(answer.status == 200)
        #expect(
            answer.body
                == #"{"key":1001,"version":12,"values":{"language":"en","subtitles":["en","es"],"score":-7}}"#
        )
        var fields = answer.fields
        let tag = fields.removeValue(forKey: "ETag") ?? ""
        #expect(tag.hasPrefix("\"12-") && tag.hasSuffix("\"") && tag.count == 21)
        #expect(
            fields == [
                "Date": "Fri, 02 Jan 2026 03:05:35 GMT",
                "Content-Type": "application/json",
                "Content-Length": "\(answer.body.utf8.count)",
                "Nostos-Version": "12",
                "Nostos-Published": "2026-01-02T03:04:05Z",
                "Nostos-Age": "90",
                "Cache-Control": "no-cache",
            ])
    }

    @Test func onlyNamedFieldsAreSentInTheOrderAsked() throws {
        let answer = try store.answer("GET /v1/jobs/profile/keys/1001?fields=score,language")
        #expect(answer.body == #"{"key":1001,"version":12,"values":{"score":-7,"language":"en"}}"#)
        let encoded = try store.answer("GET /v1/jobs/profile/keys/1001?fields=sc%6Fre")
        #expect(encoded.body == #"{"key":1001,"version":12,"values":{"score":-7}}"#)
    }

    @Test(arguments: [
        ("1001", "12", #"{"language":"en"}"#),
        ("current", "12", #"{"language":"en"}"#),
        ("previous", "10", #"{"language":"fr"}"#),
        ("candidate", "13", #"{"language":"de"}"#),
        ("10", "10", #"{"language":"fr"}"#),
        ("12", "12", #"{"language":"en"}"#),
        ("13", "13", #"{"language":"de"}"#),
    ])
    func aVersionIsNamedByNumberOrWord(name: String, number: String, values: String) throws {
        let isNumber = Int(name) != nil && name != "1001"
        let path = name == "1001" ? "keys/1001" : "versions/\(name)/keys/1001"
        let answer = try store.answer("GET /v1/jobs/profile/\(path)?fields=language")
        #expect(answer.body == #"{"key":1001,"version":\#(number),"values":\#(values)}"#)
        #expect(answer.fields["Nostos-Version"] == number)
        #expect(
            answer.fields["Cache-Control"]
                == (isNumber ? "public, max-age=31536000, immutable" : "no-cache"))
    }

    @Test(arguments: [
        ("profile", "-5", "-5"), ("profile", "9223372036854775807", "9223372036854775807"),
        ("profile", "-9223372036854775808", "-9223372036854775808"),
        ("page", "caf%C3%A9%2F1", "\"caf\u{e9}/1\""), ("page", "caf%c3%a9%2f1", "\"caf\u{e9}/1\""),
        ("page", "", "\"\""), ("page", "a,b", "\"a,b\""), ("page", "a%2Cb", "\"a,b\""),
        ("page", "42", "\"42\""), ("course", "42,en", "[42,\"en\"]"),
        ("course", "42,a%2Cb", "[42,\"a,b\"]"), ("course", "42,", "[42,\"\"]"),
        ("course", "42%2Cen", "[42,\"en\"]"), ("course", "%34%32%2c%65n", "[42,\"en\"]"),
        ("profile", "%2D5", "-5"), ("profile", "%31%30%30%31", "1001"),
    ])
    func aKeyIsReadFromThePathAndShownInItsType(job: String, segment: String, json: String) throws {
        let answer = try store.answer("GET /v1/jobs/\(job)/keys/\(segment)")
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix("{\"key\":\(json),\"version\":"))
    }

    @Test func aFieldOfAnotherRetainedVersionIsNullAndListed() throws {
        let answer = try store.answer("GET /v1/jobs/profile/keys/1001?fields=plan,score,region")
        #expect(
            answer.body
                == #"{"key":1001,"version":12,"values":{"plan":null,"score":-7,"region":null},"#
                + #""absent_fields":["plan","region"]}"#)
        let lookup = try store.answer(
            "POST /v1/jobs/profile/lookup", body: #"{"keys":[1001],"fields":["plan"],"version":13}"#
        )
        #expect(
            lookup.body
                == #"{"job":"profile","version":13,"absent_fields":["plan"],"#
                + #""results":[{"key":1001,"found":true,"values":{"plan":null}}]}"#)
    }

    @Test(arguments: [
        "GET /v1/jobs/profile/keys/1001", "GET /v1/jobs/profile/keys/1002", "GET /livez",
        "GET /nothing", "GET /v1/jobs/profile/versions/12/keys/-5",
    ])
    func headIsTheSameWithoutTheContent(line: String) throws {
        let get = try store.answer(line)
        let head = try store.answer("HEAD" + line.dropFirst(3))
        #expect(head.body.isEmpty)
        #expect(head.status == get.status)
        #expect(head.fields == get.fields)
        #expect(get.fields["Content-Length"] == "\(get.body.utf8.count)")
    }

    // MARK: - Validation

    @Test func aKnownEntityTagIsNotModified() throws {
        let path = "GET /v1/jobs/profile/keys/1001"
        let tag = try #require(try store.answer(path).fields["ETag"])
        for field in [tag, "W/\(tag)", "\"x\", \(tag)", "\"x\",W/\(tag) ,\"y\""] {
            let answer = try store.answer(path, ["If-None-Match: \(field)"])
            #expect(answer.status == 304, "\(field)")
            #expect(answer.body.isEmpty)
            #expect(answer.fields["ETag"] == tag)
            #expect(answer.fields["Nostos-Version"] == "12")
            #expect(answer.fields["Content-Length"] == nil)
        }
        for field in ["*x", "\"x\"", String(tag.dropLast()), "", ",", "W/", "W/ \(tag)"] {
            #expect(try store.answer(path, ["If-None-Match: \(field)"]).status == 200, "\(field)")
        }
        let other = try store.answer(
            "GET /v1/jobs/profile/versions/13/keys/1001", ["If-None-Match: \(tag)"])
        #expect(other.status == 200)
    }

    // MARK: - Lookups

    @Test(arguments: ["POST", "QUERY"])
    func resultsStandInRequestOrderDuplicatesAllowed(method: String) throws {
        let answer = try store.answer(
            "\(method) /v1/jobs/profile/lookup",
            body: #" { "keys" : [ 1001 , 9, -5,1001 ] , "fields":["language"] } "#)
        #expect(
            answer.body
                == #"{"job":"profile","version":12,"results":["#
                + #"{"key":1001,"found":true,"values":{"language":"en"}},"#
                + #"{"key":9,"found":false},"#
                + "{\"key\":-5,\"found\":true,\"values\":{\"language\":\"a\\\"b\\n\u{1F600}\"}},"
                + #"{"key":1001,"found":true,"values":{"language":"en"}}]}"#)
        #expect(answer.fields["Nostos-Version"] == "12")
        #expect(answer.fields["Cache-Control"] == "no-cache")
        #expect(answer.fields["ETag"] == nil)
    }

    @Test(arguments: [
        ("profile", "[]", "[]"),
        ("profile", "[-9223372036854775808]", "[-9223372036854775808]"),
        ("course", #"[[42,"en"],[7,"x"]]"#, #"[[42,"en"],[7,"x"]]"#),
        ("course", #"[ [ 42 , "a\u002Cb" ] ]"#, #"[[42,"a,b"]]"#),
        (
            "page", #"["caf\u00e9\/1","\ud83d\ude00","\\\"\b\f\n\r\t"]"#,
            "[\"caf\u{e9}/1\",\"\u{1F600}\",\"\\\\\\\"\\b\\f\\n\\r\\t\"]"
        ),
        ("page", #"["","\u0000"]"#, #"["","\u0000"]"#),
    ])
    func keysAreReadFromJSON(job: String, keys: String, shown: String) throws {
        let answer = try store.answer(
            "POST /v1/jobs/\(job)/lookup", body: #"{"fields":[],"keys":\#(keys)}"#)
        #expect(answer.status == 200)
        let found = answer.body.matches(of: /{"key":(.*?),"found"/).map { String($0.1) }
        #expect("[\(found.joined(separator: ","))]" == shown)
    }

    @Test func aLookupMayNameItsVersion() throws {
        for (version, number) in [
            ("10", 10), (#""10""#, 10), (#""previous""#, 10), (#""current""#, 12),
            (#""candidate""#, 13),
        ] {
            let answer = try store.answer(
                "POST /v1/jobs/profile/lookup", body: #"{"version":\#(version),"keys":[]}"#)
            #expect(answer.body == #"{"job":"profile","version":\#(number),"results":[]}"#)
            let isNumber = version.contains("10")
            #expect(answer.fields["Cache-Control"]?.contains("immutable") == isNumber)
        }
    }

    @Test func aThousandKeysAreTakenAndOneMoreIsNot() throws {
        let keys = Array(repeating: "1001", count: 1000)
        let full = try store.answer(
            "POST /v1/jobs/profile/lookup",
            body: #"{"keys":[\#(keys.joined(separator: ","))],"fields":[]}"#)
        #expect(full.status == 200)
        #expect(full.body.matches(of: /"found":true/).count == 1000)
        let above = try store.answer(
            "POST /v1/jobs/profile/lookup",
            body: #"{"keys":[\#((keys + ["1"]).joined(separator: ","))],"fields":[]}"#)
        #expect(above.status == 413)
        #expect(above["type"] == "too-many-keys")
    }

    @Test func anAnswerAboveTheLimitIsRefused() throws {
        let snapshot = try store.withLargeRecord(size: 1 << 20)
        var responder = Responder()
        for (count, status) in [(15, 200), (16, 413)] {
            let keys = Array(repeating: "\"key\"", count: count).joined(separator: ",")
            let answer = try store.answer(
                &responder, "POST /v1/jobs/large/lookup", body: "{\"keys\":[\(keys)]}",
                from: snapshot)
            #expect(answer.status == status)
            if status == 413 { #expect(answer["type"] == "too-many-keys") }
        }
    }

    // MARK: - Health

    @Test func livezAndReadyzSayHowTheProcessIs() throws {
        #expect(try store.answer("GET /livez").body == #"{"status":"alive"}"#)
        #expect(try store.answer("GET /readyz").body == #"{"status":"ready"}"#)
        #expect(try store.answer("GET /livez", isDraining: true).status == 200)
        let draining = try store.answer("GET /readyz", isDraining: true)
        #expect(draining.status == 503)
        #expect(draining["type"] == "not-ready")
    }

    @Test func theLastAnswerSaysSo() throws {
        let answer = try store.answer("GET /livez", ["Connection: close"])
        #expect(answer.fields["Connection"] == "close")
        #expect(try store.answer("GET /livez").fields["Connection"] == nil)
    }

    // MARK: - Keeping

    @Test func moreFieldChoicesThanAreKeptAreAllRight() throws {
        var responder = Responder()
        for round in 0..<256 {
            // The same name in 256 forms: each of its letters is written as an escape or not.
            let name = "language".utf8.enumerated().map { index, letter in
                round >> index & 1 == 1
                    ? "%" + String(letter, radix: 16) : String(decoding: [letter], as: UTF8.self)
            }
            for (fields, values) in [
                ("score,\(name.joined())", #""score":-7,"language":"en""#),
                ("\(name.joined()),score", #""language":"en","score":-7"#),
                ("score", #""score":-7"#),
            ] {
                let answer = try store.answer(
                    &responder, "GET /v1/jobs/profile/keys/1001?fields=\(fields)")
                #expect(answer.body == #"{"key":1001,"version":12,"values":{\#(values)}}"#)
            }
        }
    }

    @Test func aNewSnapshotIsServedAtOnce() throws {
        var responder = Responder()
        #expect(
            try store.answer(&responder, "GET /v1/jobs/profile/keys/1001")
                .fields["Nostos-Version"] == "12")
        let other = try TemporaryDirectory()
        let layout = StoreLayout(root: other.path)
        try FileManager.default.createDirectory(
            atPath: layout.tables.string, withIntermediateDirectories: true)
        let profile = try TestStore.job(
            "profile", in: layout, [(13, .current, TestStore.newProfile)])
        let snapshot = StoreSnapshot(generation: 2, jobs: [profile], problems: [])
        let answer = try store.answer(
            &responder, "GET /v1/jobs/profile/keys/1001", from: snapshot)
        #expect(answer.fields["Nostos-Version"] == "13")
        #expect(
            try store.answer(&responder, "GET /v1/jobs/course/keys/42,en", from: snapshot).status
                == 404)
    }
}
