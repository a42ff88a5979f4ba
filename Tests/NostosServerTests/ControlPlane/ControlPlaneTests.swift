import HTTPTypes
import Nostos
import Testing

@testable import NostosServer

/// The answers and the effects of the routes.
@Suite(.timeLimit(.minutes(10))) struct ControlPlaneTests {
    private struct Jobs: Decodable { let jobs: [JobState] }
    private struct Versions: Decodable { let versions: [VersionRecord] }
    private struct Runs: Decodable { let runs: [RunRecord] }
    private struct Events: Decodable {
        let events: [CatalogEvent]
        let next: UInt64?
    }

    @Test func theCatalogIsShownAsItIs() async throws {
        let harness = try ControlHarness()
        let state = try #require(try harness.catalog.job("large"))
        #expect(try await harness.get("/v1/jobs").decode(Jobs.self).jobs == [state])
        #expect(try await harness.get("/v1/jobs/large").decode(JobState.self) == state)
        let versions = try await harness.get("/v1/jobs/large/versions").decode(Versions.self)
        #expect(versions.versions.map(\.number) == [2, 1])
        for name in ["1", "2", "current", "previous"] {
            let answer = try await harness.get("/v1/jobs/large/versions/\(name)")
            #expect(answer.status == 200, "\(name)")
            #expect(answer.text.contains("\"row_count\":100"))
        }
        let schema = try await harness.get("/v1/jobs/large/schema?version=1")
        #expect(
            schema.text
                == "{\"fields\":[{\"list\":false,\"name\":\"version\",\"type\":\"string\"},"
                + "{\"list\":false,\"name\":\"padding\",\"type\":\"string\"}],\"job\":\"large\","
                + "\"key\":[{\"name\":\"id\",\"type\":\"int64\"}],\"version\":1}")
        let runs = try await harness.get("/v1/runs?job=large").decode(Runs.self).runs
        #expect(runs.map(\.version) == [2, 1])
        #expect(try await harness.get("/v1/runs?limit=1").decode(Runs.self).runs.count == 1)
    }

    @Test func theDifferenceOfTwoVersionsIsCounted() async throws {
        let harness = try ControlHarness()
        for query in ["", "?from=1&to=2", "?from=previous"] {
            let answer = try await harness.get("/v1/jobs/large/diff\(query)")
            #expect(answer.status == 200)
            let start = "{\"from\":1,\"job\":\"large\",\"summary\":{\"added\":0,\"changed\":100,"
            #expect(answer.text.hasPrefix(start), "\(answer.text)")
        }
        let same = try await harness.get("/v1/jobs/large/diff?from=2&to=2")
        #expect(same.text.contains("\"unchanged\":100"))
    }

    @Test func eventsComeInPagesThatMeet() async throws {
        let harness = try ControlHarness()
        let all = try harness.catalog.events()
        var seen: [UInt64] = []
        var path = "/v1/events?limit=3"
        while true {
            let page = try await harness.get(path).decode(Events.self)
            seen += page.events.map(\.generation)
            guard let next = page.next else { break }
            path = "/v1/events?limit=3&before=\(next)"
        }
        #expect(seen == all.reversed().map(\.generation))
    }

    @Test func whoSawTheStateIsNotSentItAgain() async throws {
        let harness = try ControlHarness()
        let first = try await harness.get("/v1/jobs/large")
        let tag = try #require(first.headers[.eTag])
        let second = try await harness.get("/v1/jobs/large", headers: [.ifNoneMatch: tag])
        #expect(second.status == 304)
        #expect(second.body.isEmpty)
        try LiveServer.publish(harness.catalog)
        let third = try await harness.get("/v1/jobs/large", headers: [.ifNoneMatch: tag])
        #expect(third.status == 200)
    }

    @Test func eachVerbChangesTheCatalogInTheTokensName() async throws {
        let harness = try ControlHarness()
        let steps: [(HTTPRequest.Method, String, String)] = [
            (.post, "rollback", "{\"reason\":\"bad\"}"), (.post, "release", ""),
            (.post, "hold", "{\"reason\":\"wait\"}"),
            (.post, "promote", "{\"version\":2,\"reason\":\"good after all\"}"),
            (.post, "release", "{}"), (.delete, "versions/1?reason=old%20one", ""),
        ]
        for (method, path, body) in steps {
            let answer = try await harness.send(method, "/v1/jobs/large/\(path)", body)
            #expect(answer.status == 200, "\(path): \(answer.text)")
            let tag = try harness.tag()
            #expect(answer.headers[.eTag] == tag, "\(path)")
        }
        let events = try harness.catalog.events().filter { $0.actor == "operator" }
        #expect(
            events.map(\.action) == [.rollback, .release, .hold, .promote, .release, .drop])
        #expect(
            events.map(\.reason) == ["bad", nil, "wait", "good after all", nil, "old one"])
        #expect(try harness.catalog.job("large")?.currentNumber == 2)
        #expect(try harness.catalog.job("large")?[1]?.state == .dropped)
    }

    @Test func aVerbOnAStateThatMovedChangesNothing() async throws {
        let harness = try ControlHarness()
        let old = try harness.tag()
        try LiveServer.publish(harness.catalog)
        let before = try harness.catalog.generation()
        let verbs: [(HTTPRequest.Method, String, String)] = [
            (.post, "rollback", "{\"reason\":\"bad\"}"), (.post, "hold", "{\"reason\":\"wait\"}"),
            (.post, "release", ""), (.post, "promote", "{\"version\":1}"),
            (.delete, "versions/1", ""),
        ]
        for (method, path, body) in verbs {
            for tag in [old, "\"x\", \(old)", "W/\(try harness.tag())"] {
                let answer = try await harness.send(
                    method, "/v1/jobs/large/\(path)", body, headers: [.ifMatch: tag])
                #expect(answer.status == 409, "\(path) \(tag)")
                #expect(answer.problem == "conflict", "\(path) \(tag)")
            }
        }
        #expect(try harness.catalog.generation() == before)
        let now = "\(old), \(try harness.tag())"
        let answer = try await harness.send(
            .post, "/v1/jobs/large/hold", "{\"reason\":\"wait\"}", headers: [.ifMatch: now])
        #expect(answer.status == 200)
    }

    /// The tag is compared under the catalog's lock, not only before.
    @Test func theCatalogItselfRefusesAStateThatMoved() throws {
        let harness = try ControlHarness()
        let old = try #require(try harness.catalog.job("large")).stateTag
        try LiveServer.publish(harness.catalog)
        #expect(throws: CatalogError.moved(job: "large")) {
            try harness.catalog.rollBack(
                job: "large", reason: "bad", actor: "test", expected: old)
        }
    }

    @Test func aHoldOnAHeldJobIsAConflictOfItsOwn() async throws {
        let harness = try ControlHarness()
        let hold = "/v1/jobs/large/hold"
        #expect(try await harness.send(.post, hold, "{\"reason\":\"a\"}").status == 200)
        let second = try await harness.send(.post, hold, "{\"reason\":\"b\"}")
        #expect(second.status == 409)
        #expect(second.problem == "held")
        #expect(second.name == "large")
        _ = try await harness.send(.post, "/v1/jobs/large/release")
        let release = try await harness.send(.post, "/v1/jobs/large/release")
        #expect(release.problem == "not-held")
    }
}
