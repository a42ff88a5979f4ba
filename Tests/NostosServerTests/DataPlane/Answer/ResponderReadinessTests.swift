import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos
@testable import NostosServer

/// Readiness: the stores that may be asked.
@Suite struct ResponderReadinessTests {
    private let store: TestStore

    init() throws { store = try TestStore() }

    @Test func aCurrentVersionThatCannotBeOpenedIsNotReady() throws {
        var responder = Responder()
        let broken = try TestStore.job(
            "broken", in: store.layout, [(1, .current, TestStore.course)]
        ) { path in try FileManager.default.removeItem(atPath: path.string) }
        let course = try #require(store.snapshot.jobs["course"])
        let snapshot = StoreSnapshot(generation: 2, jobs: [broken, course], problems: [])
        let ready = try store.answer(&responder, "GET /readyz", from: snapshot)
        #expect(ready.status == 503)
        #expect(ready["type"] == "not-ready")
        #expect(ready.body.hasSuffix(#","jobs":["broken"]}"#))
        for path in ["keys/42,en", "versions/1/keys/42,en"] {
            let answer = try store.answer(
                &responder, "GET /v1/jobs/broken/\(path)", from: snapshot)
            #expect(answer.status == 503)
            #expect(answer["type"] == "not-ready")
        }
        let other = try store.answer(&responder, "GET /v1/jobs/course/keys/42,en", from: snapshot)
        #expect(other.status == 200)
    }

    @Test func aCatalogThatWasNeverReadIsNotReady() throws {
        var responder = Responder()
        let problem = StoreProblem(job: nil, version: nil, detail: "x")
        let course = try #require(store.snapshot.jobs["course"])
        for (generation, jobs, status) in [(UInt64(0), [], 503), (7, [course], 200)] {
            let snapshot = StoreSnapshot(generation: generation, jobs: jobs, problems: [problem])
            #expect(try store.answer(&responder, "GET /readyz", from: snapshot).status == status)
        }
    }

    /// A server that started before the first run, or after the last job was removed.
    @Test func aStoreWithoutAJobIsAliveAndNotReady() throws {
        var responder = Responder()
        let empty = StoreSnapshot(generation: 0, jobs: [], problems: [])
        #expect(try store.answer(&responder, "GET /livez", from: empty).status == 200)
        let ready = try store.answer(&responder, "GET /readyz", from: empty)
        #expect(ready.status == 503 && ready["type"] == "not-ready")
        #expect(ready.body.contains("There is no job yet"))
    }
}
