import Testing

@testable import Nostos

/// The rules for versions that failed their checks, for rollbacks that are repeated, for candidates
/// that wait, and for jobs that are removed.
@Suite struct LifeCycleRuleTests {
    // MARK: Versions that failed their checks

    /// Three good versions, and a fourth whose table stays though its checks failed.
    private func withFaulty() throws -> JobState {
        var job = try published(3)
        try reject(&job)
        return job
    }

    private func reject(_ job: inout JobState) throws {
        let number = job.begin(at: 40)
        try job.reject(number, reason: "1 of 2 checks failed: range v", table(at: 40))
    }

    @Test func onlyForcePromotesAVersionThatFailedItsChecks() throws {
        var job = try withFaulty()
        let failure = "1 of 2 checks failed: range v"
        try expectRefused(.failedChecks(job: "j", version: 4, failure: failure)) {
            try job.promote(4, at: 50)
        }
        try job.promote(4, isForced: true, at: 50)
        #expect(states(job) == "1 previous, 2 previous, 3 previous, 4 current")
        #expect(job[4]?.checkFailure == failure)
    }

    @Test func aFaultyVersionThatWasServedIsNoGoodOneAfterwards() throws {
        var job = try withFaulty()
        try job.promote(4, isForced: true, at: 50)
        try publish(&job)
        #expect(states(job) == "1 dropped, 2 previous, 3 previous, 4 rejected, 5 current")
        #expect(job[4]?.reason == "1 of 2 checks failed: range v")
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 60)
        #expect(job.currentNumber == 3)
        try job.release()
        #expect(throws: CatalogError.self) { try job.rollBack(to: 4, reason: "r", by: "m", at: 61) }
        #expect(throws: CatalogError.self) { try job.promote(4, at: 62) }
    }

    @Test func aRollbackFromAFaultyVersionKeepsItsMark() throws {
        var job = try withFaulty()
        try job.promote(4, isForced: true, at: 50)
        try job.rollBack(to: nil, reason: "as feared", by: "me", at: 60)
        #expect(states(job) == "1 previous, 2 previous, 3 current, 4 rejected")
        #expect(job[4]?.reason == "as feared")
        #expect(throws: CatalogError.self) { try job.promote(4, at: 62) }
        try job.promote(4, isForced: true, at: 63)
        #expect(job.hold == nil)
    }

    /// A rollback by mistake can be undone however many runs failed their checks meanwhile.
    @Test func aVersionThatServedOutlivesVersionsThatOnlyFailed() throws {
        var job = try withFaulty()
        try job.rollBack(to: nil, reason: "a mistake", by: "me", at: 50)
        for _ in 0..<8 { try reject(&job) }
        #expect(job[3]?.state == .rejected && job[3]?.hasTable == true)
        #expect(job.versions.filter { $0.checkFailure != nil && $0.state == .rejected }.count == 3)
        try job.promote(3, at: 60)
        #expect(job.currentNumber == 3)
        #expect(job.hold == nil)
    }

    /// A catalog of before the mark was kept has rejected versions without it.
    @Test func aRejectedVersionOfAnOlderCatalogIsFaultyUnlessItServed() throws {
        var job = try withFaulty()
        job.versions[3].failedChecks = nil
        #expect(throws: CatalogError.self) { try job.promote(4, at: 50) }
        try job.promote(4, isForced: true, at: 50)
        #expect(job[4]?.failedChecks == "1 of 2 checks failed: range v")
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 51)
        var old = try published(2)
        try old.rollBack(to: nil, reason: "bad", by: "me", at: 51)
        try old.promote(2, at: 52)
        #expect(old.currentNumber == 2)
    }

    // MARK: Rollbacks that are repeated

    @Test func aSecondRollbackOfAHeldJobAsksForItsTarget() throws {
        var job = try published(3)
        try job.rollBack(to: nil, reason: "pager A", by: "ann", at: 50)
        let hold = try #require(job.hold)
        try expectRefused(.rolledBack(job: "j", current: 2, hold)) {
            try job.rollBack(to: nil, reason: "pager B", by: "bob", at: 51)
        }
        try job.rollBack(to: 1, reason: "pager B", by: "bob", at: 52)
        #expect(job.currentNumber == 1)
    }

    @Test func aHoldByHandDoesNotHideThatTheJobWasRolledBack() throws {
        var job = try published(3)
        try job.setHold(reason: "freeze", by: "ops", at: 40)
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 50)
        #expect(throws: CatalogError.self) {
            try job.rollBack(to: nil, reason: "bad", by: "you", at: 51)
        }
        try job.promote(3, at: 52)
        try job.rollBack(to: nil, reason: "bad after all", by: "me", at: 53)
        #expect(job.currentNumber == 2)
    }

    // MARK: Candidates

    @Test func onlyACandidateAboveTheCurrentVersionWaits() throws {
        var job = try published(1)
        try publish(&job, promote: false)
        #expect(job.candidate?.number == 2)
        try publish(&job)
        #expect(job[2]?.state == .candidate)
        #expect(job.candidate == nil, "version 3 has overtaken it")
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 9)
        #expect(job.candidate?.number == 2)
    }

    // MARK: Removal

    @Test func aRemovedJobServesNothingAndGoesOnWithTheNextNumber() throws {
        var job = try withFaulty()
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 50)
        try job.remove(reason: "a test", by: "me", at: 60)
        #expect(states(job) == "1 dropped, 2 dropped, 3 dropped, 4 dropped")
        #expect(job.currentNumber == nil && job.hold == nil && job.defect == nil)
        #expect(job.removal == Removal(reason: "a test", by: "me", at: 60))
        try publish(&job)
        #expect(job.currentNumber == 5 && job.removal == nil)
    }

    @Test func aJobWhoseRunIsUnderWayIsNotRemoved() throws {
        var job = try published(2)
        let before = job.begin(at: 9)
        #expect(throws: CatalogError.self) { try job.remove(reason: "r", by: "m", at: 10) }
        #expect(job[before]?.state == .loading && job.currentNumber == 2)
    }

    // MARK: Helpers

    private func published(_ count: Int) throws -> JobState {
        var job = JobState(name: "j")
        for _ in 0..<count { try publish(&job) }
        return job
    }

    private func publish(_ job: inout JobState, promote: Bool = true, keep: Int = 3) throws {
        let time = Int64(job.nextNumber)
        let number = job.begin(at: time)
        let rules = PublishRules(promote: promote, keepVersions: keep, dropDelay: 600)
        try job.publish(number, table(at: time), rules)
    }

    private func table(at time: Int64) -> PublishedTable {
        PublishedTable(rowCount: 5, size: 100, digest: "d", publishedAt: time)
    }

    private func states(_ job: JobState) -> String {
        job.versions.map { "\($0.number) \($0.state)" }.joined(separator: ", ")
    }

    private func expectRefused(_ expected: CatalogError, _ body: () throws -> Void) throws {
        #expect(throws: expected) { try body() }
    }
}
