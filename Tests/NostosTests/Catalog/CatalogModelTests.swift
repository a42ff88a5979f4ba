import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Random histories of a real catalog against the model of the life cycle: processes that come and
/// go, runs that die, files that are lost.
///
/// `scripts/torture` sets NOSTOS_MODEL_OPERATIONS to 100,000.
@Suite struct CatalogModelTests {
    private static let operations: Int = {
        let text = ProcessInfo.processInfo.environment["NOSTOS_MODEL_OPERATIONS"]
        return text.flatMap { Int($0) } ?? 800
    }()

    @Test(arguments: UInt64(0)..<4)
    func agreesWithTheModelWhateverHappens(seed: UInt64) throws {
        var history = try RandomHistory(seed: seed)
        for _ in 0..<Self.operations / 4 {
            if let divergence = try history.step() {
                Issue.record("seed \(seed), operation \(history.count): \(divergence)")
                return
            }
        }
        #expect(history.count == Self.operations / 4)
    }
}

/// A catalog and its model, one random operation after another.
private struct RandomHistory {
    /// The events besides the verbs of the life cycle.
    private enum Event: CaseIterable {
        case runDies, reopen, reopenWithoutDataFile, reopenWithoutJournal
    }

    /// Rebuilding reads the whole journal, so it happens only while that is short.
    private static let lossesUpTo = 500

    private let fixture: CatalogFixture
    private var random: SplitMix64
    private var catalog: Catalog
    private var model = LifeCycleModel()
    private(set) var count = 0

    init(seed: UInt64) throws {
        fixture = try CatalogFixture()
        random = SplitMix64(seed: seed)
        catalog = try fixture.open()
        model.keep = Int.random(in: 1...4, using: &random)
        try fixture.publish(catalog, keep: model.keep)
        _ = model.apply(.publish)
    }

    /// Does one operation to both; gives how they differ afterwards, or nil.
    mutating func step() throws -> String? {
        count += 1
        if Int.random(in: 0..<20, using: &random) == 0 {
            let event = Event.allCases.randomElement(using: &random) ?? .reopen
            try happen(event)
            return try difference().map { "\(event): \($0)" }
        }
        let verb = LifeCycleModel.Verb.allCases.randomElement(using: &random) ?? .publish
        let target = (model.promotable, model.numbers("previous"), model.forcible)
        if verb.isRun || verb == .remove && !model.isRemoved { model.beginRun() }
        let isDone = model.apply(verb)
        do {
            try perform(verb, target)
            if !isDone { return "\(verb) was not refused" }
        } catch let error as CatalogError {
            if isDone { return "\(verb) was refused: \(error)" }
        }
        // These sweep, and nothing delays a drop.
        let sweeping: [LifeCycleModel.Verb] = [
            .publish, .publishByHand, .rejectKept, .promoteNewest, .promoteOldest,
            .promoteByForce, .drop, .remove, .reject,
        ]
        if isDone, sweeping.contains(verb) { _ = model.apply(.free) }
        return try difference().map { "\(verb): \($0)" }
    }

    private mutating func happen(_ event: Event) throws {
        switch event {
        case .runDies:
            model.beginRun()
            model.isRemoved = false
            model.states[model.next] = "loading"
            model.next += 1
            let run = try catalog.beginRun(job: "j", actor: "a")
            // It comes to nothing, or to a table with its name, and is gone with its lock.
            if Bool.random(using: &random) {
                _ = try fixture.write(run)
                try Disk.moveExclusively(run.tablePath, to: fixture.layout.table("j", run.version))
            }
        case .reopen:
            catalog = try fixture.open()
        case .reopenWithoutDataFile:
            if count < Self.lossesUpTo { try Disk.unlink(fixture.layout.data) }
            catalog = try fixture.open()
        case .reopenWithoutJournal:
            if count < Self.lossesUpTo { try Disk.unlink(fixture.layout.journal) }
            catalog = try fixture.open()
        }
    }

    private mutating func perform(
        _ verb: LifeCycleModel.Verb, _ target: (movable: [Int], previous: [Int], forcible: Int?)
    ) throws {
        switch verb {
        case .publish: try fixture.publish(catalog, keep: model.keep)
        case .publishByHand: try fixture.publish(catalog, promote: false, keep: model.keep)
        case .fail:
            let run = try catalog.beginRun(job: "j", actor: "a")
            try run.fail(reason: "broke", record: CatalogFixture.record(run))
        case .reject:
            let run = try catalog.beginRun(job: "j", actor: "a")
            try run.reject(reason: "check", record: CatalogFixture.record(run))
        case .rejectKept:
            let run = try catalog.beginRun(job: "j", actor: "a")
            let summary = try fixture.write(run)
            try run.reject(
                reason: "check", record: CatalogFixture.record(run), keeping: summary)
        case .promoteByForce:
            try catalog.promote(
                job: "j", version: target.forcible ?? 0, isForced: true, reason: "r", actor: "a")
        case .remove: try catalog.remove(job: "j", reason: "r", actor: "a")
        case .rollBack: try catalog.rollBack(job: "j", reason: "r", actor: "a")
        case .rollBackToOldest:
            guard let oldest = target.previous.first else {
                throw CatalogError.noPrevious(job: "j")
            }
            try catalog.rollBack(job: "j", to: oldest, reason: "r", actor: "a")
        case .hold: try catalog.hold(job: "j", reason: "r", actor: "a")
        case .release: try catalog.release(job: "j", actor: "a")
        case .promoteNewest:
            try catalog.promote(job: "j", version: target.movable.last ?? 0, actor: "a")
        case .promoteOldest:
            try catalog.promote(job: "j", version: target.movable.first ?? 0, actor: "a")
        case .drop: try catalog.drop(job: "j", version: target.movable.first ?? 0, actor: "a")
        case .free: try catalog.sweep()
        }
    }

    /// The difference between catalog, disk and model.
    private mutating func difference() throws -> String? {
        guard let job = try catalog.storedJob("j") else { return "the job is gone" }
        guard (try catalog.job("j") == nil) == model.isRemoved else { return "removed or not" }
        model.forget()
        let shown = try fixture.states(catalog)
        guard job.currentNumber == model.current, job.nextNumber == model.next,
            (job.hold != nil) == model.isHeld, job.hold?.rolledBack == model.undo
        else { return "current, next or hold: \(shown)" }
        for version in job.versions {
            guard let state = model.states[version.number] else { continue }
            let hasTable = model.tables.contains(version.number)
            guard state == version.state.rawValue, hasTable == version.hasTable else {
                return "\(version.number) is to be \(state): \(shown)"
            }
        }
        guard model.tables.allSatisfy({ job[$0] != nil }) else { return "forgotten: \(shown)" }
        // A dead run may have left a table that the next run removes.
        let dead = model.states.filter { $0.value == "loading" }.keys
        let files = Set(try fixture.tables()).subtracting(dead.map { "j_\($0).table" })
        guard files == Set(model.tables.map { "j_\($0).table" }) else {
            return "tables/ holds \(files.sorted()): \(shown)"
        }
        return nil
    }
}

extension LifeCycleModel {
    /// A run that begins finds out which have died, and sweeps.
    fileprivate mutating func beginRun() {
        for (number, state) in states where state == "loading" { states[number] = "failed" }
        _ = apply(.free)
    }

    /// Forgets what has no table, so that long histories stay short.
    fileprivate mutating func forget() {
        guard states.count > 300 else { return }
        states = states.filter { tables.contains($0.key) || $0.value == "loading" }
    }
}
