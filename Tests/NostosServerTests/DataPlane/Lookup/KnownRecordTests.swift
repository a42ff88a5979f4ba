import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// The short way of requests that are alike gives, byte for byte, what the long way gives.
@Suite struct KnownRecordTests {
    private let store: TestStore
    private static let keys = [
        "1001", "1001", "-5", "7", "07", "-0", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "1001", "abc", "", "%31", "1001",
    ]
    private static let targets = [
        "/v1/jobs/profile/keys/K?fields=language", "/v1/jobs/profile/keys/K",
        "/v1/jobs/profile/keys/K?fields=score&int64=string",
        "/v1/jobs/profile/keys/K?fields=plan", "/v1/jobs/profile/keys/K?fields=nothing",
        "/v1/jobs/profile/versions/10/keys/K?fields=plan", "/v1/jobs/profile/versions/9/keys/K",
        "/v1/jobs/profile/versions/previous/keys/K", "/v1/jobs/page/keys/K",
        "/v1/jobs/course/keys/K", "/v1/jobs/none/keys/K", "/v1/jobs/profile/K", "/K",
    ]

    init() throws { store = try TestStore() }

    @Test(arguments: [
        "Host: a\r\n", "Host: a\r\nConnection: close\r\n",
        "Host: a\r\nIf-None-Match: \"12-x\"\r\n",
    ])
    func answersAreThoseOfTheLongWay(fields: String) throws {
        let reader = LikeReader()
        for target in Self.targets {
            for method in ["GET", "HEAD"] {
                for key in Self.keys {
                    let path = target.replacing("K", with: key)
                    let text = "\(method) \(path) HTTP/1.1\r\n\(fields)\r\n"
                    try compare(text, reader, store.snapshot, TestStore.now)
                }
            }
        }
        #expect(reader.likeCount > 0)
    }

    @Test func aNewSecondAndANewVersionAreShownAtOnce() throws {
        let reader = LikeReader()
        let promoted = try store.promotedProfile(keeping: [10, 12, 13])
        let later = AnswerTime(seconds: TestStore.now.seconds + 1)
        let text = "GET /v1/jobs/profile/keys/1001?fields=language HTTP/1.1\r\nHost: a\r\n\r\n"
        for (snapshot, time) in [
            (store.snapshot, TestStore.now), (store.snapshot, TestStore.now),
            (store.snapshot, later), (store.snapshot, later), (promoted, later),
            (promoted, later), (store.snapshot, later),
        ] { try compare(text, reader, snapshot, time) }
    }

    /// Contents of 9 to 11 and 99 to 101 bytes, and so on: the digits of their sizes differ.
    @Test func answersOfAnySizeAreThoseOfTheLongWay() throws {
        let sizes = Array(0...120) + Array(900...1000) + Array(9900...10_010)
        let table = TestTable(
            schema: Schema("id:int64 / a:string"),
            rows: sizes.map { size in
                ([.int64(Int64(size))], [.string(String(repeating: "x", count: size))])
            })
        let job = try TestStore.job("sizes", in: store.layout, [(1, .current, table)])
        let snapshot = StoreSnapshot(generation: 2, jobs: [job], problems: [])
        let reader = LikeReader()
        for size in sizes + sizes.shuffled() {
            let text = "GET /v1/jobs/sizes/keys/\(size) HTTP/1.1\r\nHost: a\r\n\r\n"
            try compare(text, reader, snapshot, TestStore.now)
        }
    }

    @Test func answersOfTheShortWayAreCounted() throws {
        let reader = LikeReader()
        let text = "GET /v1/jobs/profile/keys/1001?fields=language HTTP/1.1\r\nHost: a\r\n\r\n"
        for _ in 0..<5 {
            _ = try reader.answer(text, store.snapshot, TestStore.now)
            reader.responder.count(nanoseconds: 10)
        }
        reader.responder.count(nanoseconds: RequestCounts.shortestTime + 1)
        let counts = reader.responder.takeCounts()
        let route = counts.routes[RouteName.record.rawValue]
        #expect(route.answers[0] == 6)
        #expect(route.times[0] == 5)
        #expect(route.times[1] == 1)
        #expect(route.nanoseconds == 50 + UInt64(RequestCounts.shortestTime) + 1)
        #expect(counts.lookups["profile"]?.found == 5)
        #expect(RequestCounts.shortestTime == Int64(RequestCounts.timeBounds[0]))
    }

    private func compare(
        _ text: String, _ reader: LikeReader, _ snapshot: StoreSnapshot, _ time: AnswerTime
    ) throws {
        var fresh = Responder()
        var expected: [UInt8] = []
        guard case .request(let request) = outcome(of: Array(text.utf8)) else {
            throw TestStore.NotARequest()
        }
        fresh.answer(
            request, in: Array(text.utf8).span, from: snapshot, time: time, isDraining: false,
            isLast: !request.keepsAlive, to: &expected)
        let found = try reader.answer(text, snapshot, time)
        #expect(
            String(decoding: found, as: UTF8.self) == String(decoding: expected, as: UTF8.self),
            "\(text)")
    }
}

/// Reads and answers as a loop does: by comparing where that is possible.
private final class LikeReader {
    var responder = Responder()
    private(set) var likeCount = 0
    private var heads = KnownHeads()
    private var habits: [[UInt8]: KnownHeads.Habit] = [:]

    func answer(
        _ text: String, _ snapshot: StoreSnapshot, _ time: AnswerTime
    ) throws -> [UInt8] {
        let bytes = Array(text.utf8)
        guard case .request(let parsed) = outcome(of: bytes) else {
            throw TestStore.NotARequest()
        }
        // One client for each sort of request.
        let slash = bytes[parsed.path].lastIndex(of: UInt8(ascii: "/")) ?? 0
        let name = Array(bytes[...slash] + bytes[parsed.path.upperBound...])
        var habit = habits[name] ?? KnownHeads.Habit()
        var output = Array("before".utf8)
        let read = heads.request(bytes.span, habit)
        if read != nil {
            likeCount += 1
        } else {
            heads.note(parsed, in: bytes.span, &habit)
        }
        habits[name] = habit
        let request = read ?? parsed
        responder.answer(
            request, in: bytes.span, from: snapshot, time: time, isDraining: false,
            isLast: !request.keepsAlive, to: &output)
        return Array(output.dropFirst(6))
    }
}
