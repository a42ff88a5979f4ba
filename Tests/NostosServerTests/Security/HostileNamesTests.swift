import HTTPTypes
import Nostos
import Testing

@testable import NostosServer

/// Hostile names in every place of a request that takes a name: each is answered as the client's
/// error, and none reaches the disk.
@Suite struct HostileNamesTests {
    private static let names = [
        "..", "%2e%2e", "%2e%2e%2fcatalog", "..%2f..%2fetc%2fpasswd", "large%00", "%00",
        "large%2f1",
        "large%5c1", "-large", ".large", "%20large", "LARGE", "l%C3%A0rge", "%D0%B0",
        "large_1.table",
        String(repeating: "a", count: 64), String(repeating: "a", count: 300),
    ]

    @Test(arguments: names) func theDataPlaneKnowsNone(_ name: String) throws {
        let store = try TestStore()
        for path in ["\(name)/keys/1", "\(name)/versions/1/keys/1", "\(name)/rows"] {
            let answer = try store.answer("GET /v1/jobs/\(path)")
            #expect(answer.status == 404, "\(path): \(answer.body)")
            #expect(answer["type"] == "job-not-found", "\(path): \(answer.body)")
        }
        let lookup = try store.answer("POST /v1/jobs/\(name)/lookup", body: #"{"keys":[1]}"#)
        #expect(lookup["type"] == "job-not-found", "\(lookup.body)")
        let lookups = try store.answer(
            "POST /v1/lookup", body: #"{"requests":[{"job":"\#(name)","keys":[1]}]}"#)
        #expect(lookups["type"] == "job-not-found", "\(lookups.body)")
    }

    @Test(arguments: names) func theControlPlaneKnowsNone(_ name: String) async throws {
        let harness = try ControlHarness()
        let before = try harness.catalog.generation()
        for path in ["", "/versions", "/versions/1", "/schema", "/diff"] {
            let answer = try await harness.get("/v1/jobs/\(name)\(path)")
            #expect(answer.status == 404, "\(path): \(answer.text)")
            #expect(answer.problem == "job-not-found", "\(path): \(answer.text)")
        }
        for verb in ["hold", "rollback"] {
            let answer = try await harness.send(
                .post, "/v1/jobs/\(name)/\(verb)", "{\"reason\":\"a\"}")
            #expect(answer.problem == "job-not-found", "\(answer.text)")
        }
        #expect(try harness.catalog.generation() == before)
    }

    /// Versions too: decimal, without leading zeros.
    @Test(arguments: [
        "0", "01", "-1", "+1", "1.0", "1%2f", "..", "%2e%2e", "x", "9999999999999999",
    ])
    func noOtherVersionIsKnown(_ version: String) async throws {
        let harness = try ControlHarness()
        let answer = try await harness.get("/v1/jobs/large/versions/\(version)")
        #expect(answer.problem == "version-not-found", "\(answer.text)")
        let store = try TestStore()
        let record = try store.answer("GET /v1/jobs/profile/versions/\(version)/keys/1001")
        #expect(record["type"] == "version-not-found", "\(record.body)")
    }
}
