import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// The store of the responder's tests.
///
/// - `profile`, by int64: version 9 dropped, 10 previous, 12 current, 13 candidate;
/// - `course`, by int64 and string: version 1 current;
/// - `page`, by string: version 3 current;
/// - `fresh`: no version yet.
final class TestStore: Sendable {
    /// 2026-01-02T03:04:05.678Z, when everything was published.
    static let publishedAt: Int64 = 1_767_323_045_678_000
    static let now = AnswerTime(seconds: publishedAt / 1_000_000 + 90)

    let snapshot: StoreSnapshot
    let layout: StoreLayout
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        layout = StoreLayout(root: directory.path)
        try FileManager.default.createDirectory(
            atPath: layout.tables.string, withIntermediateDirectories: true)
        snapshot = StoreSnapshot(
            generation: 1,
            jobs: [
                try Self.job(
                    "profile", in: layout,
                    [
                        (10, .previous, Self.oldProfile), (12, .current, Self.profile),
                        (13, .candidate, Self.newProfile),
                    ]),
                try Self.job("course", in: layout, [(1, .current, Self.course)]),
                try Self.job("page", in: layout, [(3, .current, Self.page)]),
                try Self.job("fresh", in: layout, []),
            ], problems: [])
    }

    /// A job with these versions, their tables written; `damage` may change the files.
    static func job(
        _ name: String, in layout: StoreLayout,
        _ versions: [(number: Int, state: VersionState, table: TestTable)],
        damage: (FilePath) throws -> Void = { _ in }
    ) throws -> JobSnapshot {
        var state = JobState(name: name)
        for (number, versionState, table) in versions {
            let path = layout.table(name, number)
            let summary = try table.write(to: path, job: name, number: number)
            try damage(path)
            var record = VersionRecord(number: number, startedAt: publishedAt)
            record.state = versionState
            record.publishedAt = publishedAt
            record.size = summary.size
            record.digest = summary.digest
            record.hasTable = true
            state.versions.append(record)
            state.nextNumber = number + 1
            if versionState == .current { state.currentNumber = number }
        }
        return JobSnapshot(state, layout: layout, old: nil)
    }

    static let profile = TestTable(
        schema: Schema("id:int64 / language:string subtitles:string[] score:int64"),
        rows: [
            ([.int64(1001)], [.string("en"), .list([.string("en"), .string("es")]), .int(-7)]),
            ([.int64(-5)], [.string("a\"b\n\u{1F600}"), .list([]), .null]),
            ([.int64(.max)], [.null, .list([]), .int(.max)]),
            ([.int64(.min)], [.null, .list([]), .int(.min)]),
        ])

    static let oldProfile = TestTable(
        schema: Schema("id:int64 / language:string plan:string"),
        rows: [([.int64(1001)], [.string("fr"), .string("free")])])

    static let newProfile = TestTable(
        schema: Schema("id:int64 / language:string region:string"),
        rows: [([.int64(1001)], [.string("de"), .string("eu")])])

    static let course = TestTable(
        schema: Schema("id:int64 lang:string / title:string"),
        rows: [
            ([.int64(42), .string("en")], [.string("Swift")]),
            ([.int64(42), .string("a,b")], [.string("comma")]),
            ([.int64(42), .string("")], [.string("empty")]),
        ])

    static let page = TestTable(
        schema: Schema("slug:string / title:string size:int64"),
        rows: [
            ([.string("caf\u{e9}/1")], [.string("Caf\u{e9}"), .int(1)]),
            ([.string("")], [.string("root"), .int(0)]),
            ([.string("a,b")], [.string("comma"), .int(2)]),
            ([.string("42")], [.string("digits"), .int(3)]),
        ])
}

extension TestStore {
    /// A store with the job `wide`: `count` records, of keys 0, 2, 4 and so on, with a text of that
    /// many letters at random each.
    func withWideRecords(
        count: Int, size: Int, damage: (FilePath) throws -> Void = { _ in }
    ) throws -> StoreSnapshot {
        var random = SplitMix64(seed: 2)
        let table = TestTable(
            schema: Schema("id:int64 / text:string"),
            rows: (0..<count).map { row in
                ([.int64(Int64(2 * row))], [.string(Self.letters(size, &random))])
            })
        let job = try Self.job("wide", in: layout, [(1, .current, table)], damage: damage)
        return StoreSnapshot(
            generation: 2, jobs: Array(snapshot.jobs.values) + [job], problems: [])
    }

    /// Letters at random: a text of one letter would be stored in some bytes.
    private static func letters(_ count: Int, _ random: inout SplitMix64) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        return String((0..<count).map { _ in letters[Int(random.next() & 63)] })
    }

    /// A store with the job `large`, whose one record, `key`, has a field of that many bytes.
    func withLargeRecord(
        size: Int, damage: (FilePath) throws -> Void = { _ in }
    ) throws -> StoreSnapshot {
        var random = SplitMix64(seed: 1)
        let text = Self.letters(size, &random)
        let table = TestTable(
            schema: Schema("slug:string / text:string"),
            rows: [([.string("key")], [.string(text)])])
        let job = try Self.job("large", in: layout, [(1, .current, table)], damage: damage)
        return StoreSnapshot(
            generation: 2, jobs: Array(snapshot.jobs.values) + [job], problems: [])
    }
}

extension TestStore {
    /// Turns every bit of a byte in the midst of the large row: opening does not look there.
    static func flip(_ path: FilePath) throws { try flip(path, at: 50_000) }

    static func flip(_ path: FilePath, at offset: UInt64) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.string)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path.string))
        try file.seek(toOffset: offset)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: offset)
        try file.write(contentsOf: [~byte])
        try file.close()
    }

    /// The encoded form of a key of one int64 column.
    static func int64Key(_ value: Int64) -> [UInt8] {
        var key: [UInt8] = []
        profile.schema.key.append(int64: value, to: &key)
        return key
    }

    /// A snapshot in which version 13 of `profile` is current, and of the others only these are
    /// still there.
    func promotedProfile(keeping numbers: Set<Int>) throws -> StoreSnapshot {
        let old = try #require(snapshot.jobs["profile"])
        var state = old.state
        state.versions = state.versions.filter { numbers.contains($0.number) }
        for index in state.versions.indices {
            state.versions[index].state = state.versions[index].number == 13 ? .current : .previous
        }
        state.currentNumber = 13
        let job = JobSnapshot(state, layout: layout, old: old)
        return StoreSnapshot(generation: 3, jobs: [job], problems: [])
    }
}

/// An answer taken apart.
struct TestAnswer: Equatable {
    var status = 0
    var fields: [String: String] = [:]
    var body = ""

    /// Takes apart what a responder wrote: one answer.
    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.range(of: ": ") else { continue }
            fields[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
        body = String(text[end.upperBound...])
    }

    /// The content of an answer in chunks, without their sizes; nil when it does not end.
    var joinedChunks: String? {
        var rest = Array(body.utf8)[...]
        var content: [UInt8] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
            let digits = String(decoding: rest[..<end], as: UTF8.self)
            guard let size = Int(digits, radix: 16) else { return nil }
            rest = rest[(end + 2)...]
            if size == 0 { return rest.count == 2 ? String(decoding: content, as: UTF8.self) : nil }
            guard rest.count >= size + 2 else { return nil }
            content += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return nil
    }

    /// The text of a member of a problem document.
    subscript(member: String) -> String? {
        guard let start = body.range(of: "\"\(member)\":") else { return nil }
        let rest = body[start.upperBound...]
        guard rest.first == "\"" else {
            return String(rest.prefix { $0 != "," && $0 != "}" })
        }
        return String(rest.dropFirst().prefix { $0 != "\"" })
    }
}

extension TestStore {
    /// The answer to a request line such as `GET /livez`, with fields and a content.
    func answer(
        _ line: String, _ fields: [String] = [], body: String? = nil, isDraining: Bool = false
    ) throws -> TestAnswer {
        var responder = Responder()
        return try answer(&responder, line, fields, body: body, isDraining: isDraining)
    }

    /// The answer of that responder.
    func answer(
        _ responder: inout Responder, _ line: String, _ fields: [String] = [], body: String? = nil,
        from snapshot: StoreSnapshot? = nil, isDraining: Bool = false
    ) throws -> TestAnswer {
        var lines = ["\(line) HTTP/1.1", "Host: localhost"] + fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        let text = lines.map { $0 + "\r\n" }.joined() + "\r\n" + (body ?? "")
        return TestAnswer(
            try rawAnswer(&responder, Array(text.utf8), from: snapshot, isDraining: isDraining))
    }

    /// The bytes that the responder writes to those of one request.
    func rawAnswer(
        _ responder: inout Responder, _ bytes: [UInt8], from snapshot: StoreSnapshot? = nil,
        isDraining: Bool = false
    ) throws -> [UInt8] {
        var parser = RequestParser()
        var output: [UInt8] = []
        switch parser.parse(bytes.span) {
        case .request(let wire):
            let (request, copy) = wire.decoded(in: bytes.span)
            let isChunked = wire.traits.contains(.chunked)
            responder.answer(
                isChunked ? request : wire, in: isChunked ? copy.span : bytes.span,
                from: snapshot ?? self.snapshot, time: Self.now,
                isDraining: isDraining,
                isLast: !request.keepsAlive, to: &output)
            switch responder.takeRest() {
            case .rows(let stream): while try stream.appendChunk(to: &output) {}
            case .pending(let answer):
                while responder.goOn(answer, time: Self.now, to: &output) {}
                while answer.appendPiece(to: &output) {}
            case nil: break
            }
        case .refused(let refusal): responder.refuse(refusal, time: Self.now, to: &output)
        case .incomplete, .awaitsContinue: throw NotARequest()
        }
        return output
    }

    struct NotARequest: Error {}
}
