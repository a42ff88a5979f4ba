import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// Cursors go on with what was asked, and with nothing else.
@Suite struct PageCursorTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    /// A job of the keys a0 … a4 and b0 … b4.
    private func letters() throws -> StoreSnapshot {
        let rows = ["a", "b"].flatMap { letter in
            (0..<5).map {
                ([KeyPart.string("\(letter)\($0)")], [TestValue.int(Int64($0)), .string("x")])
            }
        }
        let table = TestTable(schema: Schema("k:string / n:int64 t:string"), rows: rows)
        let job = try TestStore.job(
            "letters", in: store.layout, [(1, .current, table), (2, .candidate, table)])
        let other = try TestStore.job("others", in: store.layout, [(1, .current, table)])
        return StoreSnapshot(generation: 2, jobs: [job, other], problems: [])
    }

    private func page(_ target: String, in snapshot: StoreSnapshot) throws -> TestAnswer {
        var responder = Responder()
        return try store.answer(&responder, "GET /v1/jobs/\(target)", from: snapshot)
    }

    private static func keys(_ answer: TestAnswer) -> [String] {
        answer.body.matches(of: /"key":"(.*?)"/).map { String($0.1) }
    }

    private static func next(_ answer: TestAnswer) throws -> String {
        String(try #require(answer.body.firstMatch(of: /"next":"(.*?)"/)).1)
    }

    @Test(arguments: [
        ("prefix=a", ["a2", "a3", "a4"]), ("prefix=%61", ["a2", "a3", "a4"]),
        ("to=b1", ["a2", "a3", "a4", "b0"]), ("from=a3", ["b0", "b1", "b2", "b3", "b4"]),
        ("from=a1&to=b0&fields=t", ["a3", "a4"]),
        ("", ["a2", "a3", "a4", "b0", "b1", "b2", "b3", "b4"]),
    ])
    func aCursorAloneGoesOnWithItsQuery(query: String, keys: [String]) throws {
        let snapshot = try letters()
        for path in ["letters/rows", "letters/versions/1/rows", "letters/versions/candidate/rows"] {
            let first = try page("\(path)?\(query)&limit=2", in: snapshot)
            let cursor = try Self.next(first)
            let joined = query.isEmpty ? "" : query + "&"
            let repeated = joined.replacing("%61", with: "a")
            for text in [
                "cursor=\(cursor)", "\(repeated)cursor=\(cursor)", "cursor=\(cursor)&\(joined)",
            ] {
                let second = try page("\(path)?\(text)", in: snapshot)
                #expect(second.status == 200, "\(second.body)")
                #expect(Self.keys(second) == keys, "\(text)")
                #expect(second.body.contains("\"n\":") == !query.contains("fields"))
            }
        }
    }

    @Test func aCursorKeepsTheFormOfIntegersAndNotTheLimit() throws {
        let snapshot = try letters()
        let cursor = try Self.next(
            page("letters/rows?int64=string&fields=n&limit=1", in: snapshot))
        let second = try page("letters/rows?cursor=\(cursor)", in: snapshot)
        #expect(Self.keys(second).count == 9 && second.body.contains(#"{"n":"1"}"#))
        let limited = try page("letters/rows?limit=3&cursor=\(cursor)", in: snapshot)
        #expect(Self.keys(limited) == ["a1", "a2", "a3"])
        let third = try page("letters/rows?cursor=\(try Self.next(limited))", in: snapshot)
        #expect(Self.keys(third) == ["a4", "b0", "b1", "b2", "b3", "b4"])
        #expect(third.body.contains(#"{"n":"4"}"#))
    }

    @Test(arguments: [
        ("prefix=b", "prefix"), ("prefix=", "prefix"), ("to=b", "to"), ("from=a", "from"),
        ("fields=t", "fields"), ("int64=string", "int64"),
    ])
    func aCursorWithAnotherQueryIsRefused(other: String, name: String) throws {
        let snapshot = try letters()
        let cursor = try Self.next(page("letters/rows?prefix=a&fields=n&limit=1", in: snapshot))
        let answer = try page("letters/rows?cursor=\(cursor)&\(other)", in: snapshot)
        #expect(answer.status == 400 && answer["type"] == "bad-request")
        #expect(answer["name"] == name)
    }

    @Test func aCursorOfAnotherJobOrVersionSaysSo() throws {
        let snapshot = try letters()
        let cursor = try Self.next(page("letters/rows?limit=1", in: snapshot))
        for (target, word) in [
            ("others/rows", "another job"), ("letters/versions/2/rows", "another version"),
        ] {
            let answer = try page("\(target)?cursor=\(cursor)", in: snapshot)
            #expect(answer.status == 400 && answer["name"] == "cursor")
            #expect(answer["detail"]?.contains(word) == true)
        }
        for target in [
            "letters/versions/1/rows", "letters/versions/candidate/rows", "letters/rows",
        ] {
            #expect(try page("\(target)?cursor=\(cursor)", in: snapshot).status == 200)
        }
    }

    /// Cursors must fit in a target, with whatever they carry.
    @Test func aLongQueryIsMarkedAndMustBeSentAgain() throws {
        let long = String(repeating: "x", count: 3000)
        let table = TestTable(
            schema: Schema("k:string / n:int64"),
            rows: (0..<3).map { ([.string("\(long)\($0)")], [.int(1)]) })
        let job = try TestStore.job("long", in: store.layout, [(1, .current, table)])
        let snapshot = StoreSnapshot(generation: 2, jobs: [job], problems: [])
        let query = "prefix=\(long)"
        let cursor = try Self.next(page("long/rows?\(query)&limit=1", in: snapshot))
        #expect(cursor.utf8.count < 5000)
        let alone = try page("long/rows?cursor=\(cursor)", in: snapshot)
        #expect(alone.status == 400 && alone["name"] == "cursor")
        #expect(try page("long/rows?cursor=\(cursor)&prefix=x", in: snapshot).status == 400)
        let whole = try page("long/rows?cursor=\(cursor)&\(query)&limit=1", in: snapshot)
        #expect(Self.keys(whole) == ["\(long)1"])
    }

    @Test func aCursorIsItsText() throws {
        for query in [
            "", "prefix=a&to=b", String(repeating: "y", count: PageCursor.maxCarriedSize),
        ] {
            let cursor = PageCursor(
                version: 7, digest: 1 << 63, job: [1, 2], key: [0, 255, 3], query: Array(query.utf8)
            )
            var text: [UInt8] = []
            cursor.append(to: &text)
            #expect(PageCursor(text.span) == cursor)
            #expect(text.count < RequestParser.maxTargetSize - 500)
        }
    }
}
