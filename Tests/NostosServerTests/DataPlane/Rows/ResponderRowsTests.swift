import Testing

@testable import Nostos
@testable import NostosServer

@Suite struct ResponderRowsTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    private static let int64Rows = [
        #"{"key":-9223372036854775808,"values":{"score":-9223372036854775808}}"#,
        #"{"key":-5,"values":{"score":null}}"#, #"{"key":1001,"values":{"score":-7}}"#,
        #"{"key":9223372036854775807,"values":{"score":9223372036854775807}}"#,
    ]

    @Test(arguments: [
        ("", 0..<4), ("&from=-5", 1..<4), ("&from=-4", 2..<4), ("&to=1001", 0..<2),
        ("&from=-5&to=1002", 1..<3), ("&from=5&to=4", 0..<0), ("&limit=1000", 0..<4),
    ])
    func rowsStandInKeyOrderBetweenTheirBounds(query: String, expected: Range<Int>) throws {
        let answer = try store.answer("GET /v1/jobs/profile/rows?fields=score\(query)")
        let rows = Self.int64Rows[expected].joined(separator: ",")
        #expect(answer.status == 200)
        #expect(
            answer.body == #"{"job":"profile","version":12,"rows":[\#(rows)],"next":null}"#)
        #expect(answer.fields["Nostos-Version"] == "12")
        #expect(answer.fields["Cache-Control"] == "no-cache")
        #expect(answer.fields["Vary"] == "Accept, Accept-Encoding")
    }

    @Test(arguments: [
        ("course", "", ["[42,\"\"]", "[42,\"a,b\"]", "[42,\"en\"]"]),
        ("course", "prefix=42", ["[42,\"\"]", "[42,\"a,b\"]", "[42,\"en\"]"]),
        ("course", "prefix=42,e", ["[42,\"en\"]"]), ("course", "prefix=42,a%2C", ["[42,\"a,b\"]"]),
        ("course", "prefix=4", []),
        ("course", "from=42", ["[42,\"\"]", "[42,\"a,b\"]", "[42,\"en\"]"]),
        ("course", "from=43", []), ("course", "to=42", []),
        ("course", "to=42,b", ["[42,\"\"]", "[42,\"a,b\"]"]),
        ("page", "", ["\"\"", "\"42\"", "\"a,b\"", "\"caf\u{e9}/1\""]),
        ("page", "prefix=", ["\"\"", "\"42\"", "\"a,b\"", "\"caf\u{e9}/1\""]),
        ("page", "prefix=caf%C3%A9", ["\"caf\u{e9}/1\""]), ("page", "prefix=a,", ["\"a,b\""]),
        ("page", "prefix=a&from=b", []), ("page", "from=a&to=b", ["\"a,b\""]),
    ])
    func prefixesAndBoundsAreReadByTheKeysColumns(
        job: String, query: String, keys: [String]
    ) throws {
        let answer = try store.answer("GET /v1/jobs/\(job)/rows?\(query)")
        #expect(answer.status == 200)
        let found = answer.body.matches(of: /{"key":(.*?),"values"/).map { String($0.1) }
        #expect(found == keys)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func pagesFollowEachOtherByTheirCursors(limit: Int) throws {
        var rows: [String] = []
        var next: String? = ""
        var pages = 0
        while let cursor = next {
            let query = cursor.isEmpty ? "" : "&cursor=\(cursor)"
            let answer = try store.answer(
                "GET /v1/jobs/profile/rows?fields=score&limit=\(limit)\(query)")
            #expect(answer.status == 200)
            #expect((answer.fields["Cache-Control"] == "no-cache") == cursor.isEmpty)
            rows += answer.body.matches(of: /{"key":.*?}}/).map { String($0.0) }
            next = answer.body.firstMatch(of: /"next":"(.*?)"/).map { String($0.1) }
            pages += 1
        }
        #expect(rows == Self.int64Rows)
        #expect(pages == (Self.int64Rows.count + limit - 1) / limit)
    }

    @Test func aCursorKeepsItsVersionWhateverIsPromoted() throws {
        var responder = Responder()
        let first = try store.answer(&responder, "GET /v1/jobs/profile/rows?limit=1")
        let cursor = try #require(first.body.firstMatch(of: /"next":"(.*?)"/)).1
        let promoted = try store.promotedProfile(keeping: [12, 13])
        let second = try store.answer(
            &responder, "GET /v1/jobs/profile/rows?limit=1&cursor=\(cursor)", from: promoted)
        #expect(second.fields["Nostos-Version"] == "12")
        #expect(second.body.contains(#""key":-5,"#))
        let dropped = try store.promotedProfile(keeping: [13])
        let third = try store.answer(
            &responder, "GET /v1/jobs/profile/rows?limit=1&cursor=\(cursor)", from: dropped)
        #expect(third.status == 410)
        #expect(third["type"] == "version-gone")
    }

    @Test func aChangedCursorIsRefused() throws {
        let first = try store.answer("GET /v1/jobs/page/rows?limit=1")
        let cursor = String(try #require(first.body.firstMatch(of: /"next":"(.*?)"/)).1)
        for index in cursor.indices {
            var changed = cursor
            let letter = cursor[index] == "A" ? "B" : "A"
            changed.replaceSubrange(index...index, with: letter)
            let answer = try store.answer("GET /v1/jobs/page/rows?cursor=\(changed)")
            #expect(answer.status == 400, "\(changed)")
            let cut = try store.answer("GET /v1/jobs/page/rows?cursor=\(cursor[..<index])")
            #expect(cut.status == 400)
        }
        #expect(try store.answer("GET /v1/jobs/page/rows?cursor=\(cursor)").status == 200)
        let other = try store.answer("GET /v1/jobs/course/rows?cursor=\(cursor)")
        #expect(other.status == 400 && other["name"] == "cursor")
    }

    @Test func aCursorOfAnotherTableOfThatNumberIsGone() throws {
        let key = TestStore.int64Key(-5)
        var text: [UInt8] = []
        let job = Array("profile".utf8)
        PageCursor(version: 12, digest: 1, job: job, key: key, query: []).append(to: &text)
        let cursor = String(decoding: text, as: UTF8.self)
        let answer = try store.answer("GET /v1/jobs/profile/rows?cursor=\(cursor)")
        #expect(answer.status == 410)
        #expect(answer["type"] == "version-gone")
    }

    @Test func linesComeAsAStreamWithoutALimit() throws {
        let answer = try store.answer(
            "GET /v1/jobs/profile/rows?fields=score", ["Accept: application/x-ndjson"])
        #expect(answer.status == 200)
        #expect(answer.fields["Content-Type"] == "application/x-ndjson")
        #expect(answer.fields["Transfer-Encoding"] == "chunked")
        #expect(answer.fields["Content-Length"] == nil)
        #expect(answer.joinedChunks == Self.int64Rows.map { $0 + "\n" }.joined())
        let limited = try store.answer(
            "GET /v1/jobs/profile/rows?fields=score&limit=2",
            ["Accept: text/html, application/x-ndjson;q=0.5"])
        #expect(limited.joinedChunks == Self.int64Rows[..<2].map { $0 + "\n" }.joined())
        let none = try store.answer(
            "GET /v1/jobs/profile/rows?from=5&to=4", ["Accept: application/x-ndjson"])
        #expect(none.body == "0\r\n\r\n")
    }

    @Test(arguments: ["application/json", "*/*", "application/x-ndjson;q=0", "x-ndjson", ""])
    func whoDoesNotAskForLinesGetsAPage(accept: String) throws {
        let answer = try store.answer("GET /v1/jobs/profile/rows", ["Accept: \(accept)"])
        #expect(answer.fields["Content-Type"] == "application/json")
    }

    @Test func absentFieldsAreNamedInThePageAndBeforeTheLines() throws {
        let path = "GET /v1/jobs/profile/rows?fields=plan,score&limit=1"
        let page = try store.answer(path)
        #expect(
            page.body.hasPrefix(#"{"job":"profile","version":12,"absent_fields":["plan"],"rows""#))
        let lines = try store.answer(path, ["Accept: application/x-ndjson"])
        #expect(lines.fields["Nostos-Absent-Fields"] == "plan")
        #expect(lines.joinedChunks?.contains(#""plan":null"#) == true)
    }

    @Test func aKnownTagIsNotModifiedInItsOwnFormOnly() throws {
        let path = "GET /v1/jobs/profile/rows"
        let lines = "Accept: application/x-ndjson"
        let pageTag = try #require(try store.answer(path).fields["ETag"])
        let linesTag = try #require(try store.answer(path, [lines]).fields["ETag"])
        #expect(pageTag != linesTag)
        #expect(try store.answer(path, ["If-None-Match: \(pageTag)"]).status == 304)
        #expect(try store.answer(path, [lines, "If-None-Match: \(linesTag)"]).status == 304)
        #expect(try store.answer(path, [lines, "If-None-Match: \(pageTag)"]).status == 200)
        #expect(try store.answer(path, ["If-None-Match: \(linesTag)"]).status == 200)
    }

    @Test func headOfRowsHasNoContent() throws {
        for field in ["Accept: application/x-ndjson", "Accept: */*"] {
            let get = try store.answer("GET /v1/jobs/profile/rows", [field])
            let head = try store.answer("HEAD /v1/jobs/profile/rows", [field])
            #expect(head.body.isEmpty)
            #expect(head.fields == get.fields)
        }
    }

    @Test func aDamagedTableEndsAStreamWithoutItsLastChunk() throws {
        var responder = Responder()
        let snapshot = try store.withLargeRecord(size: 100_000) { try TestStore.flip($0) }
        let page = try store.answer(&responder, "GET /v1/jobs/large/rows", from: snapshot)
        #expect(page.status == 503)
        #expect(throws: TableError.self) {
            _ = try store.answer(
                &responder, "GET /v1/jobs/large/rows", ["Accept: application/x-ndjson"],
                from: snapshot)
        }
    }
}
