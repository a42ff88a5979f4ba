import TestSupport
import Testing

@testable import Nostos

@Suite struct LifeCycleTests {
    // MARK: By hand

    @Test func aFourthVersionDropsTheFirst() throws {
        var job = try published(4)
        #expect(states(job) == "1 dropped, 2 previous, 3 previous, 4 current")
        #expect(job[1]?.dropAfter == 604)
        try expectRefused(.goneVersion(job: "j", version: 1)) {
            try job.rollBack(to: 1, reason: "r", by: "me", at: 9)
        }
    }

    @Test func failedRejectedAndCandidateVersionsPushNoGoodOneOut() throws {
        var job = try published(3)
        for _ in 0..<5 {
            let failed = job.begin(at: 10)
            try job.fail(failed, reason: "source gone")
            let rejected = job.begin(at: 10)
            try job.startChecking(rejected)
            try job.reject(rejected, reason: "row_count")
            try publish(&job, promote: false)
        }
        #expect(states(job).hasPrefix("1 previous, 2 previous, 3 current, "))
        #expect(job.versions.filter { $0.state == .candidate }.map(\.number) == [12, 15, 18])
    }

    @Test func aRollbackGoesToTheNewestPreviousRejectsAndHolds() throws {
        var job = try published(3)
        try job.rollBack(to: nil, reason: "titles empty", by: "ann", at: 50)
        #expect(states(job) == "1 previous, 2 current, 3 rejected")
        #expect(job[3]?.reason == "titles empty")
        #expect(job.hold == Hold(reason: "titles empty", by: "ann", at: 50, rolledBack: 3))
        try publish(&job)
        #expect(states(job) == "1 previous, 2 current, 3 rejected, 4 candidate")
        try job.release()
        #expect(job.currentNumber == 2, "a release promotes nothing")
        try publish(&job)
        #expect(job.currentNumber == 5)
    }

    /// The bug of venice#2688: the second rollback went "back" to the first bad version.
    @Test func twoBadVersionsInARowNeverBounceBackToTheFirst() throws {
        var job = try published(3)
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 50)
        try job.rollBack(to: 1, reason: "bad too", by: "me", at: 51)
        #expect(states(job) == "1 current, 2 rejected, 3 rejected")
        try job.release()
        try expectRefused(.noPrevious(job: "j")) {
            try job.rollBack(to: nil, reason: "again", by: "me", at: 52)
        }
        try publish(&job)
        try job.rollBack(to: nil, reason: "bad", by: "me", at: 53)
        #expect(job.currentNumber == 1)
    }

    @Test func promotingTheRolledBackVersionUndoesTheRollback() throws {
        var job = try published(3)
        let before = states(job)
        try job.rollBack(to: nil, reason: "a mistake", by: "me", at: 50)
        try job.promote(3, at: 51)
        #expect(states(job) == before)
        #expect(job.hold == nil)
        #expect(job[3]?.reason == nil)
    }

    @Test func aHoldByHandOutlivesRollbackAndPromotion() throws {
        var job = try published(3)
        try job.setHold(reason: "freeze", by: "ops", at: 40)
        try job.rollBack(to: 1, reason: "bad", by: "me", at: 50)
        try job.promote(3, at: 51)
        #expect(job.hold?.reason == "freeze")
        let hold = try #require(job.hold)
        try expectRefused(.held(job: "j", hold)) { try job.setHold(reason: "x", by: "y", at: 60) }
        try job.release()
        try expectRefused(.notHeld(job: "j")) { try job.release() }
    }

    @Test func aVersionWaitsAsCandidateWhenPromotedByHandOrHeld() throws {
        var job = try published(1)
        try publish(&job, promote: false)
        #expect(job.candidate?.number == 2)
        try publish(&job)
        #expect(states(job) == "1 previous, 2 candidate, 3 current")
        try job.promote(2, at: 50)
        #expect(states(job) == "1 previous, 2 current, 3 previous")
    }

    @Test func nothingButAServedVersionIsRefusedItsDrop() throws {
        var job = try published(3)
        let running = job.begin(at: 60)
        for (number, state) in [(3, VersionState.current), (running, .loading)] {
            #expect(throws: CatalogError.self) { try job.drop(number, reason: nil, after: 70) }
            #expect(job[number]?.state == state)
        }
        try job.drop(1, reason: "old", after: 70)
        #expect(job[1]?.awaitsDeletion == true)
        try expectRefused(.goneVersion(job: "j", version: 1)) {
            try job.drop(1, reason: nil, after: 71)
        }
        try expectRefused(.unknownVersion(job: "j", version: 9)) {
            try job.drop(9, reason: nil, after: 71)
        }
        job.free([1])
        #expect(job[1]?.hasTable == false)
    }

    @Test func statesOfANewerNostosAreInert() throws {
        var job = try published(2)
        job.versions[0].state = .unknown("frozen")
        for verb in [
            { try $0.promote(1, at: 9) }, { try $0.drop(1, reason: nil, after: 9) },
            { try $0.rollBack(to: 1, reason: "r", by: "m", at: 9) },
            { try $0.fail(1, reason: "r") },
        ] as [(inout JobState) throws -> Void] {
            #expect(throws: CatalogError.self) { try verb(&job) }
        }
        for _ in 0..<6 { try publish(&job) }
        #expect(job[1]?.state == .unknown("frozen"))
        #expect(job[1]?.hasTable == true)
        #expect(job.defect == nil)
    }

    @Test func theHistoryIsBoundedAndNumbersAreNeverUsedAgain() throws {
        var job = try published(2)
        for _ in 0..<300 {
            let number = job.begin(at: 5)
            try job.fail(number, reason: "again")
        }
        #expect(job.versions.count == 2 + JobState.maxHistory)
        #expect(job[1] != nil && job[2] != nil)
        #expect(job.begin(at: 6) == 303)
        #expect(job.wasUsed(3) && job[3] == nil)
    }

    @Test func absurdRulesOfAJobFileAreCutToSense() throws {
        var job = JobState(name: "j")
        let rules = PublishRules(promote: true, keepVersions: -4, dropDelay: .max)
        for _ in 0..<3 {
            let number = job.begin(at: 1)
            try job.publish(number, table(at: 1), rules)
        }
        #expect(states(job) == "1 dropped, 2 dropped, 3 current")
        #expect(job.defect == nil)
    }

    // MARK: Against the model

    /// Every sequence of four verbs, fifteen to choose from, after none to four publications:
    /// 271,200 changes.
    @Test func agreesWithTheModelOnEveryShortHistory() throws {
        var job = JobState(name: "j")
        var model = LifeCycleModel()
        for _ in 0...4 {
            try explore(job, model, depth: 4)
            apply(.publish, &job, &model)
        }
    }

    private func explore(_ job: JobState, _ model: LifeCycleModel, depth: Int) throws {
        guard depth > 0 else { return }
        for verb in LifeCycleModel.Verb.allCases {
            var (job, model) = (job, model)
            apply(verb, &job, &model)
            try explore(job, model, depth: depth - 1)
        }
    }

    /// Long histories, so that retention and history limits are met; replay one with its seed.
    @Test(arguments: UInt64(0)..<32)
    func agreesWithTheModelOnLongHistories(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var job = JobState(name: "j")
        var model = LifeCycleModel()
        model.keep = Int.random(in: 1...5, using: &random)
        for _ in 0..<300 {
            let verb = LifeCycleModel.Verb.allCases.randomElement(using: &random) ?? .publish
            apply(verb, &job, &model)
        }
    }

    /// Applies the verb to both and compares all that shows.
    private func apply(
        _ verb: LifeCycleModel.Verb, _ job: inout JobState, _ model: inout LifeCycleModel
    ) {
        // Only the catalog knows that a removed job takes no verb but a run.
        if model.isRemoved, !verb.isRun, verb != .free { return }
        let target = Target(model)
        let before = job
        let isDone = model.apply(verb)
        do {
            try perform(verb, target, keep: model.keep, on: &job)
            if !isDone { Issue.record("\(verb) was not refused after \(states(before))") }
        } catch {
            if isDone { Issue.record("\(verb) was refused after \(states(before)): \(error)") }
            if job != before { Issue.record("\(verb) was refused and changed the state") }
        }
        if let defect = job.defect { Issue.record("\(defect) after \(verb)") }
        let same =
            job.currentNumber == model.current && job.nextNumber == model.next
            && (job.hold != nil) == model.isHeld && job.hold?.rolledBack == model.undo
            && job.hold?.alsoRolledBack == model.also && (job.removal != nil) == model.isRemoved
            && job.versions.allSatisfy {
                model.states[$0.number] == $0.state.rawValue
                    && model.tables.contains($0.number) == $0.hasTable
            }
            && model.tables.allSatisfy { job[$0] != nil }
        if !same { Issue.record("\(verb): \(states(before)) became \(states(job))") }
    }

    /// The versions that verbs are about, before they change anything.
    private struct Target {
        let movable, previous, dropped: [Int]
        let forcible: Int?

        init(_ model: LifeCycleModel) {
            (movable, previous) = (model.promotable, model.numbers("previous"))
            (dropped, forcible) = (model.numbers("dropped"), model.forcible)
        }
    }

    private func perform(
        _ verb: LifeCycleModel.Verb, _ target: Target, keep: Int, on job: inout JobState
    ) throws {
        switch verb {
        case .publish: try publish(&job, keep: keep)
        case .publishByHand: try publish(&job, promote: false, keep: keep)
        case .fail:
            let number = job.begin(at: 1)
            try job.fail(number, reason: "broke")
        case .reject:
            let number = job.begin(at: 1)
            try job.reject(number, reason: "check")
        case .rejectKept:
            let number = job.begin(at: 1)
            try job.reject(number, reason: "check", table(at: 1))
        case .rollBack: try job.rollBack(to: nil, reason: "r", by: "me", at: 1)
        case .rollBackToOldest:
            try job.rollBack(to: target.previous.first, reason: "r", by: "me", at: 1)
        case .hold: try job.setHold(reason: "r", by: "me", at: 1)
        case .release: try job.release()
        case .promoteNewest: try job.promote(target.movable.last ?? 0, at: 1)
        case .promoteOldest: try job.promote(target.movable.first ?? 0, at: 1)
        case .promoteByForce: try job.promote(target.forcible ?? 0, isForced: true, at: 1)
        case .remove: try job.remove(reason: "r", by: "me", at: 1)
        case .drop: try job.drop(target.movable.first ?? 0, reason: nil, after: 1)
        case .free: job.free(target.dropped)
        }
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
