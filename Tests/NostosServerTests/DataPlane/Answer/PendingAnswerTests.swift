import Foundation
import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// Answers that are made over several turns: they say what they would say at once.
@Suite struct PendingAnswerTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    @Test(arguments: [0, 1, 40, 4_000, 70_000])
    func aLookupSaysWhatItsKeysSayOneByOne(size: Int) throws {
        let snapshot = try store.withWideRecords(count: 100, size: size)
        var responder = Responder()
        // Found, missing, twice, and in no order.
        let keys = (0..<150).map { ($0 * 37) % 203 } + [4, 4]
        let single = try keys.map { key in
            let body = try lookup(&responder, [key], snapshot).body
            return body.dropFirst(#"{"job":"wide","version":1,"results":["#.count).dropLast(2)
        }
        let all = try lookup(&responder, keys, snapshot)
        #expect(all.status == 200)
        #expect(
            all.body == #"{"job":"wide","version":1,"results":[\#(single.joined(separator: ","))]}"#
        )
        #expect(all.fields["Content-Length"] == "\(all.body.utf8.count)")
        #expect(all.fields["Nostos-Version"] == "1")
    }

    @Test(arguments: [(100, 1), (4_000, 12)])
    func onlyALargeAnswerIsLeftForLater(size: Int, steps: Int) throws {
        let snapshot = try store.withWideRecords(count: 100, size: size)
        var responder = Responder()
        var output: [UInt8] = []
        let rest = try begin(&responder, (0..<100).map { 2 * $0 }, snapshot, &output)
        var count = 1
        if case .pending(let answer) = rest {
            #expect(output.isEmpty, "nothing is sent before all of it is made")
            #expect(answer.heldSize > LongContent.stepSize)
            repeat { count += 1 } while responder.goOn(answer, time: TestStore.now, to: &output)
            #expect(output.count < 1_000, "the head only")
            #expect(answer.content == nil && answer.head.version == nil, "no version stays open")
            while answer.appendPiece(to: &output) {}
            #expect(answer.heldSize == 0)
        }
        // Each step ends with its ninth record of 4,000 bytes, the last with the hundredth of all.
        #expect(count == steps)
        #expect(TestAnswer(output).status == 200)
    }

    @Test func severalLookupsGoOnWhereTheyStopped() throws {
        let snapshot = try store.withWideRecords(count: 60, size: 3_000)
        var responder = Responder()
        func request(_ keys: Range<Int>) -> String {
            "{\"job\":\"wide\",\"keys\":[\(keys.map(String.init).joined(separator: ","))]}"
        }
        let parts = [0..<0, 0..<50, 50..<51, 51..<130, 0..<120]
        let answer = try store.answer(
            &responder, "POST /v1/lookup",
            body: "{\"requests\":[\(parts.map(request).joined(separator: ","))]}", from: snapshot)
        let age = #""version":1,"published":"2026-01-02T03:04:05Z","age":90,"#
        let single = try parts.map { part in
            try lookup(&responder, Array(part), snapshot).body
                .replacing(#""version":1,"#, with: age)
        }
        #expect(answer.status == 200)
        #expect(answer.body == "{\"responses\":[\(single.joined(separator: ","))]}")
        #expect(answer.fields["Nostos-Version"] == nil)
    }

    @Test func aPageIsTheSameInOneStepAndInMany() throws {
        let snapshot = try store.withWideRecords(count: 100, size: 4_000)
        var responder = Responder()
        let page = try store.answer(
            &responder, "GET /v1/jobs/wide/rows?limit=100", from: snapshot)
        var rows: [String] = []
        var cursor: String? = ""
        while let text = cursor {
            let one = try store.answer(
                &responder,
                "GET /v1/jobs/wide/rows?limit=3"
                    + (text.isEmpty ? "" : "&cursor=\(text)"), from: snapshot)
            let start = #"{"job":"wide","version":1,"rows":["#.count
            let end = try #require(one.body.range(of: #"],"next""#))
            rows.append(String(one.body[..<end.lowerBound].dropFirst(start)))
            cursor = one["next"] == "null" ? nil : one["next"]
        }
        #expect(
            page.body
                == #"{"job":"wide","version":1,"rows":[\#(rows.joined(separator: ","))],"next":null}"#
        )
        let head = try store.answer(
            &responder, "HEAD /v1/jobs/wide/rows?limit=100", from: snapshot)
        #expect(head.body.isEmpty)
        #expect(head.fields["Content-Length"] == "\(page.body.utf8.count)")
    }

    @Test func whatIsAboveTheLimitIsRefusedAsAWhole() throws {
        let snapshot = try store.withWideRecords(count: 20, size: 1_000_000)
        var responder = Responder()
        let keys = (0..<20).map { 2 * $0 }
        #expect(try lookup(&responder, Array(keys.prefix(16)), snapshot).status == 200)
        let answer = try lookup(&responder, keys, snapshot)
        #expect(answer.status == 413)
        #expect(answer["type"] == "too-many-keys")
        let list = keys.map { "{\"job\":\"wide\",\"keys\":[\($0)]}" }.joined(separator: ",")
        let several = try store.answer(
            &responder, "POST /v1/lookup", body: "{\"requests\":[\(list)]}", from: snapshot)
        #expect(several.status == 413, "one key each, but all of them in one answer")
        #expect(several["request"] == "16")
        #expect(try lookup(&responder, [2], snapshot).status == 200)
    }

    @Test func damageInALaterStepIsAProblemAndNothingElse() throws {
        let snapshot = try store.withWideRecords(count: 100, size: 4_000) { path in
            try TestStore.flip(path, at: 250_000)
        }
        var responder = Responder()
        let keys = (0..<100).map { 2 * $0 }
        let answer = try lookup(&responder, keys, snapshot)
        #expect(answer.status == 503)
        #expect(answer["type"] == "not-ready")
        #expect(responder.tableError != nil)
        #expect(answer.fields["Content-Length"] == "\(answer.body.utf8.count)")
        #expect(try lookup(&responder, Array(keys.prefix(20)), snapshot).status == 200)
        let several = try store.answer(
            &responder, "POST /v1/lookup",
            body: #"{"requests":[{"job":"wide","keys":[0]},{"job":"wide","keys":"#
                + "\(keys)}]}", from: snapshot)
        #expect(several.status == 503)
        #expect(several["request"] == "1")
    }

    @Test func whatIsFoundIsCountedThoughTheSnapshotChanges() throws {
        let snapshot = try store.withWideRecords(count: 100, size: 4_000)
        var responder = Responder()
        var output: [UInt8] = []
        let rest = try begin(&responder, Array(0..<150), snapshot, &output)
        guard case .pending(let answer) = rest else {
            Issue.record("made at once")
            return
        }
        var counts = responder.takeCounts()
        // Another request is answered meanwhile, from another snapshot.
        let other = try store.answer(&responder, "GET /v1/jobs/profile/keys/1001")
        #expect(other.status == 200)
        while responder.goOn(answer, time: TestStore.now, to: &output) {}
        let later = responder.takeCounts()
        let all = [counts, later].compactMap { $0.lookups["wide"] }
        #expect(all.reduce(0) { $0 + $1.found } == 75)
        #expect(all.reduce(0) { $0 + $1.missing } == 75)
        counts = responder.takeCounts()
        #expect(counts.lookups["wide"] == nil)
    }

    // MARK: -

    private func lookup(
        _ responder: inout Responder, _ keys: [Int], _ snapshot: StoreSnapshot
    ) throws -> TestAnswer {
        try store.answer(
            &responder, "POST /v1/jobs/wide/lookup", body: "{\"keys\":\(keys)}", from: snapshot)
    }

    /// Begins a lookup; gives what is left for later.
    private func begin(
        _ responder: inout Responder, _ keys: [Int], _ snapshot: StoreSnapshot,
        _ output: inout [UInt8]
    ) throws -> AnswerRest? {
        let body = "{\"keys\":\(keys)}"
        let bytes = Array(
            ("POST /v1/jobs/wide/lookup HTTP/1.1\r\nHost: a\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)").utf8)
        var parser = RequestParser()
        guard case .request(let request) = parser.parse(bytes.span) else {
            throw TestStore.NotARequest()
        }
        responder.answer(
            request, in: bytes.span, from: snapshot, time: TestStore.now, isDraining: false,
            isLast: false, to: &output)
        return responder.takeRest()
    }
}
