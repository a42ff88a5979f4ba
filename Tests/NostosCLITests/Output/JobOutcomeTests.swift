import Foundation
import Testing

@testable import NostosCLI

@Suite struct JobOutcomeTests {
    /// Testing has a type of that name too.
    private typealias ExitStatus = NostosCLI.ExitStatus

    private func failed(_ job: String, _ status: ExitStatus) -> JobOutcome {
        JobOutcome(job, Failure(status, "it failed"), isPrinted: true)
    }

    @Test func aRejectedVersionIsNoFailure() {
        #expect(failed("a", .notPromoted).outcome == .rejected)
        #expect(failed("a", .badData).outcome == .failed)
        #expect(failed("a", .badData).lines == ["failed a"])
        #expect(JobOutcome("a", Failure(.io, "x"), isPrinted: false).lines == [])
    }

    @Test func theWorstOutcomeGivesTheCode() {
        let ranked: [ExitStatus] = [
            .failed, .io, .configuration, .badData, .unavailable, .temporary, .notPromoted,
        ]
        for (index, worst) in ranked.enumerated() {
            for other in ranked[index...] {
                let outcomes = [failed("a", other), failed("b", worst)]
                #expect(JobOutcome.worst(outcomes)?.rawValue == worst.rawValue)
                #expect(JobOutcome.worst(outcomes.reversed())?.rawValue == worst.rawValue)
            }
        }
        #expect(JobOutcome.worst([]) == nil)
    }

    @Test func theSummaryNamesThoseThatNeedAttention() {
        #expect(
            JobOutcome.summary([failed("movies", .notPromoted), JobOutcome(skipped: "users")])
                == "2 jobs: 1 rejected (movies: 2), 1 skipped (users: 1)")
        var warned = failed("a", .io)
        warned.warnings = ["x"]
        #expect(JobOutcome.summary([warned]) == "1 job: 1 failed (a: 74); warnings: a")
    }

    @Test func warningsHaveLinesWithoutControlCharacters() {
        var outcome = failed("a", .io)
        outcome.warnings = ["one", "two\nthree"]
        #expect(
            outcome.lines == ["failed a; 2 warnings", "warning  one", "warning  two\\u{a}three"])
    }

    @Test func theJSONHasNoMemberForTheTextOfPeople() throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let data = try encoder.encode(failed("a", .io))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(Set(object.keys) == ["job", "outcome", "exit_code", "reason", "warnings"])
        #expect(object["exit_code"] as? Int == 74)
    }
}
