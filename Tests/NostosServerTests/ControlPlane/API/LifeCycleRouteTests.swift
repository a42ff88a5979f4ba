import Foundation
import HTTPTypes
import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosServer

/// The rules of rollback, promotion and removal as the control plane's callers meet them.
@Suite(.timeLimit(.minutes(10))) struct LifeCycleRouteTests {
    /// A harness whose job has a third version, rejected by its checks, with a table.
    private func withFaulty() throws -> ControlHarness {
        let harness = try ControlHarness()
        let run = try harness.catalog.beginRun(job: "large", actor: "test")
        let table = TestTable(
            schema: Schema("id:int64 / version:string"),
            rows: [([.int64(1)], [.string("v3")])])
        let summary = try table.write(to: run.tablePath, job: "large", number: run.version)
        let record = RunRecord(
            job: "large", version: run.version, startedAt: 0, finishedAt: 0, outcome: .rejected)
        try run.reject(
            reason: "1 of 1 check failed: range v", record: record, keeping: summary)
        return harness
    }

    @Test func onlyAnAdminWithAReasonForcesAVersionThatFailedItsChecks() async throws {
        let harness = try withFaulty()
        let path = "/v1/jobs/large/promote"
        let plain = try await harness.send(.post, path, "{\"version\":3}")
        #expect(plain.status == 409 && plain.problem == "checks-failed" && plain.name == "3")
        #expect(plain.text.contains("range v"), "\(plain.text)")
        let forced = "{\"version\":3,\"force\":true,\"reason\":\"it was the check\"}"
        let publisher = try await harness.send(.post, path, forced, token: "publisher")
        #expect(publisher.status == 403 && publisher.text.contains("admin"))
        for body in ["{\"version\":3,\"force\":true}", "{\"version\":3,\"force\":1}"] {
            #expect(try await harness.send(.post, path, body).status == 400, "\(body)")
        }
        #expect(try harness.catalog.job("large")?.currentNumber == 2)
        let answer = try await harness.send(.post, path, forced)
        #expect(answer.status == 200)
        #expect(answer.text.contains("\"failed_checks\":\"1 of 1 check failed: range v\""))
        #expect(try harness.catalog.events().last?.reason == "it was the check")
    }

    @Test func aSecondRollbackIsAConflictUntilItNamesItsTarget() async throws {
        let harness = try ControlHarness()
        try LiveServer.publish(harness.catalog)
        let path = "/v1/jobs/large/rollback"
        #expect(try await harness.send(.post, path, "{\"reason\":\"A\"}").status == 200)
        let second = try await harness.send(.post, path, "{\"reason\":\"B\"}")
        #expect(second.status == 409 && second.problem == "held", "\(second.text)")
        #expect(second.text.contains("--to"))
        #expect(try harness.catalog.job("large")?.currentNumber == 2)
        let named = try await harness.send(.post, path, "{\"reason\":\"B\",\"to\":1}")
        #expect(named.status == 200)
    }

    @Test func aReleaseKeepsItsReason() async throws {
        let harness = try ControlHarness()
        try harness.catalog.hold(job: "large", reason: "r", actor: "test")
        let answer = try await harness.send(
            .post, "/v1/jobs/large/release", "{\"reason\":\"mended\"}")
        #expect(answer.status == 200)
        #expect(try harness.catalog.events().last?.reason == "mended")
    }

    @Test func aRemovedJobIsGoneOnEveryRouteButItsHistory() async throws {
        let harness = try ControlHarness()
        let path = "/v1/jobs/large"
        #expect(try await harness.send(.delete, path).status == 400, "a reason is needed")
        let answer = try await harness.send(.delete, "\(path)?reason=a%20test")
        #expect(answer.status == 200 && answer.text.contains("\"removal\":{"), "\(answer.text)")
        harness.store.refresh()
        for path in [
            "", "/versions", "/versions/1", "/schema", "/diff", "/keys/7", "/rows",
            "/versions/1/keys/7",
        ] {
            let gone = try await harness.get("/v1/jobs/large\(path)")
            #expect(gone.status == 404 && gone.problem == "job-not-found", "\(path)")
        }
        let again = try await harness.send(.delete, "\(path)?reason=again")
        #expect(again.problem == "job-not-found")
        #expect(try await harness.get("/v1/jobs").text == "{\"jobs\":[]}")
        #expect(try await harness.get("/v1/runs?job=large").text.contains("\"version\":2"))
        let events = try await harness.get("/v1/events?job=large&limit=9")
        #expect(events.text.contains("\"action\":\"remove\""), "\(events.text)")
    }

    @Test func aVerificationReadsTheTable() async throws {
        let harness = try ControlHarness()
        for version in ["current", "2"] {
            let answer = try await harness.send(
                .post, "/v1/jobs/large/versions/\(version)/verify", token: "publisher")
            #expect(answer.status == 200)
            let result = try answer.decode(VerificationDocument.self)
            #expect(result.isSound && result.rows == 100 && result.version == 2)
        }
        let path = harness.catalog.root.appending("tables/large_1.table")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
        try FileManager.default.removeItem(atPath: path.string)
        var damaged = bytes
        damaged[bytes.count / 2] ^= 0xFF
        try damaged.write(to: URL(fileURLWithPath: path.string))
        let answer = try await harness.send(.post, "/v1/jobs/large/versions/1/verify")
        let result = try answer.decode(VerificationDocument.self)
        #expect(!result.isSound && result.rows == nil)
        #expect(result.damages.allSatisfy { $0.hasPrefix("large_1.table") }, "\(result)")
        let gone = try await harness.send(.post, "/v1/jobs/large/versions/9/verify")
        #expect(gone.status == 404)
    }

    @Test func recordsAndRowsAreAnsweredAsOnTheDataPlane() async throws {
        let harness = try ControlHarness()
        let record = try await harness.get("/v1/jobs/large/keys/7?fields=version")
        #expect(record.text == "{\"key\":7,\"version\":2,\"values\":{\"version\":\"v2\"}}")
        let tag = try #require(record.headers[.eTag])
        let seen = try await harness.get(
            "/v1/jobs/large/keys/7?fields=version", headers: [.ifNoneMatch: tag])
        #expect(seen.status == 304 && seen.body.isEmpty)
        let old = try await harness.get("/v1/jobs/large/versions/previous/keys/7?fields=version")
        #expect(old.text.contains("\"v1\""))
        for (path, status, problem) in [
            ("keys/5000", 404, "key-not-found"), ("keys/x", 400, "bad-key"),
            ("keys/7?fields=none", 400, "unknown-field"),
            ("versions/9/keys/7", 404, "version-not-found"),
        ] {
            let answer = try await harness.get("/v1/jobs/large/\(path)")
            #expect(answer.status == status && answer.problem == problem, "\(path)")
        }
        let page = try await harness.get("/v1/jobs/large/rows?from=98&fields=version")
        #expect(page.text.contains("{\"key\":99,\"values\":{\"version\":\"v2\"}}"))
        #expect(page.text.hasSuffix("\"next\":null}"))
        #expect(try await harness.get("/readyz", token: nil).text == "{\"status\":\"ready\"}")
    }

    /// A page that the data plane makes in several steps comes whole.
    @Test func aLargePageComesWhole() async throws {
        let harness = try ControlHarness()
        let page = try await harness.get("/v1/jobs/large/rows?limit=1000")
        #expect(page.text.hasSuffix("\"next\":null}"))
        #expect(page.body.count > 100_000)
        #expect(page.headers[.contentType] == "application/json")
    }

    @Test func timesAreTextsAndDurationsSeconds() async throws {
        let harness = try ControlHarness()
        let job = try await harness.get("/v1/jobs/large")
        #expect(job.text.contains("\"drop_delay_seconds\":0"))
        #expect(job.text.contains("\"started_at\":\"20"), "\(job.text)")
        for path in ["/v1/runs", "/v1/events", "/v1/jobs/large/versions/2"] {
            let text = try await harness.get(path).text
            #expect(text.firstMatch(of: /_at":[0-9]/) == nil, "\(path): \(text.prefix(300))")
            #expect(text.firstMatch(of: /"at":[0-9]/) == nil, "\(path): \(text.prefix(300))")
        }
    }
}
