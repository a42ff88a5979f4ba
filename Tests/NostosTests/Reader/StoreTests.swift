import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

@Suite(.timeLimit(.minutes(10))) struct StoreTests {
    let directory: TemporaryDirectory
    let root: FilePath

    init() throws {
        directory = try TemporaryDirectory()
        root = directory.file("store")
    }

    @Test func aStoreThatIsNotThereIsNamed() {
        #expect(throws: CatalogError.noStore(path: root.string)) { try Store(opening: root) }
    }

    @Test func anEmptyDirectoryServesNothingUntilAJobIsPublished() throws {
        try Disk.makeDirectory(root)
        let store = try Store(opening: root)
        #expect(store.snapshot().jobs.isEmpty && store.snapshot().problems.isEmpty)
        try publish(1)
        store.refresh()
        #expect(value(store) == #"{"version":1}"#)
        #expect(store.snapshot().generation > 0)
    }

    @Test func aPublicationAndARollbackAreServed() throws {
        for _ in 1...4 { try publish(1) }
        let store = try Store(opening: root)
        let before = try #require(store.snapshot().jobs["j"])
        #expect(before.current?.number == 4)
        #expect(before.versions.keys.sorted() == [2, 3, 4])
        #expect(before.previous?.number == 3)
        try catalog().rollBack(job: "j", reason: "r", actor: "a")
        store.refresh()
        let after = try #require(store.snapshot().jobs["j"])
        #expect(after.current?.number == 3 && value(store) == #"{"version":3}"#)
        #expect(after[4]?.state == .rejected, "a kept version is read by its number")
        #expect(after.current?.table === before.previous?.table, "what is open stays open")
        #expect(before.current?.number == 4, "who holds a snapshot keeps it")
        #expect(before.current?.publishedAt == before.state[4]?.publishedAt)
        #expect(after.servedSince > before.servedSince)
        try catalog().release(job: "j", reason: "r", actor: "a")
        store.refresh()
        let released = try #require(store.snapshot().jobs["j"])
        #expect(released.state.hold == nil && released.servedSince == after.servedSince)
    }

    /// The thread alone, as a server has it: no call from here.
    @Test func theThreadFindsAChangeByItself() async throws {
        try publish(1)
        let store = try Store(opening: root, interval: .milliseconds(5))
        try publish(1)
        while store.snapshot().jobs["j"]?.current?.number != 2 {
            try await Task.sleep(for: .milliseconds(1))
        }
        store.close()
        try publish(1)
        try await Task.sleep(for: .milliseconds(30))
        #expect(store.snapshot().jobs["j"]?.current?.number == 2, "a closed store looks no more")
        store.refresh()
        #expect(store.snapshot().jobs["j"]?.current?.number == 3)
    }

    @Test func goneIsNotTheSameAsNeverThere() throws {
        for _ in 1...5 { try publish(1) }
        let catalog = try catalog()
        let run = try catalog.beginRun(job: "j", actor: "a")
        let store = try Store(opening: root)
        let job = try #require(store.snapshot().jobs["j"])
        #expect((-1...8).filter(job.isGone) == [1, 2])
        #expect(run.version == 6)
        try run.fail(
            reason: "x",
            record: RunRecord(job: "j", version: 6, startedAt: 0, finishedAt: 0, outcome: .failed))
        store.refresh()
        let later = try #require(store.snapshot().jobs["j"])
        #expect((-1...8).filter(later.isGone) == [1, 2, 6])
    }

    @Test func anOpenVersionKeepsItsTableFromTheSweep() throws {
        for _ in 1...3 { try publish(1) }
        let store = try Store(opening: root)
        var old: StoreSnapshot? = store.snapshot()
        try publish(1)
        store.refresh()
        let path = StoreLayout(root: root).table("j", 1)
        #expect(try catalog().sweep() == [])
        #expect(try Disk.exists(path))
        #expect(value(old, version: 1) == #"{"version":1}"#)
        old = nil
        #expect(try catalog().sweep() == [TableName(job: "j", number: 1)])
        #expect(try !Disk.exists(path))
    }

    @Test func jobsAreFoundByTheBytesOfTheirNames() throws {
        let names = ["a", "a-b", "a_b", "ab", "b", "zz9"]
        for name in names { try publish(1, job: name) }
        let snapshot = try Store(opening: root).snapshot()
        for name in names {
            let bytes = Array(name.utf8)
            #expect(snapshot.job(utf8: bytes.span)?.name == name)
        }
        for name in ["", "a_", "aa", "B", "zz", "zz99", "\u{0}"] {
            let bytes = Array(name.utf8)
            #expect(snapshot.job(utf8: bytes.span) == nil)
        }
    }

    @Test func unchangedJobsAreTheSameObjects() throws {
        try publish(1, job: "j")
        try publish(1, job: "k")
        let store = try Store(opening: root)
        let before = store.snapshot()
        store.refresh()
        #expect(store.snapshot() === before)
        try publish(1, job: "k")
        store.refresh()
        #expect(store.snapshot().jobs["j"] === before.jobs["j"])
        #expect(store.snapshot().jobs["k"] !== before.jobs["k"])
    }

    // MARK: Under load

    /// Threads that read without pause while versions come and go: every answer is whole, and of
    /// one version, and there are some between any two changes.
    @Test func noReadFailsOrMixesWhileVersionsChange() throws {
        try publish(3)
        let store = try Store(opening: root, interval: .milliseconds(1))
        let key = try Self.key()
        let tally = Lock<(answers: Int, wrong: [String])>((0, []))
        let readers = try (0..<2).map { _ in
            try PollingThread(interval: .milliseconds(1)) {
                for _ in 0..<50 {
                    let defect = Self.defect(of: store.snapshot(), key)
                    tally.withLock {
                        $0.answers += 1
                        if let defect { $0.wrong.append(defect) }
                    }
                }
            }
        }
        let catalog = try catalog()
        for round in 0..<20 {
            let before = tally.withLock { $0.answers }
            try publish(1)
            if round % 3 == 2 {
                try catalog.rollBack(job: "j", reason: "r", actor: "a")
                try catalog.release(job: "j", actor: "a")
            }
            while tally.withLock({ $0.answers }) < before + 100 { usleep(100) }
        }
        for reader in readers { reader.stop() }
        #expect(tally.withLock { $0.wrong } == [])
        #expect(store.snapshot().problems.isEmpty)
        store.refresh()
        #expect(
            store.snapshot().jobs["j"]?.current?.number == (try catalog.job("j")?.currentNumber))
    }

    /// The defect of two reads from one snapshot, or nil.
    private static func defect(of snapshot: StoreSnapshot, _ key: [UInt8]) -> String? {
        guard let current = snapshot.jobs["j"]?.current else { return "nothing is served" }
        var answers = [[UInt8](), [UInt8]()]
        for index in 0..<2 {
            let selection = current.table.select(nil)
            guard (try? current.table.get(key.span, selection, into: &answers[index])) == true
            else { return "no answer" }
        }
        let expected = Array("{\"version\":\(current.number)}".utf8)
        return answers == [expected, expected] ? nil : "\(answers), expected \(current.number)"
    }

    // MARK: Helpers

    func catalog() throws -> Catalog {
        try Catalog.open(root, create: true)
    }

    /// One record, key 1, whose one field is the version's number.
    func fixture(_ version: Int) -> TableFixture {
        TableFixture(
            keyType: .int64, fields: [Field(name: "version", type: .int64)],
            records: [(.int64(1), [.int(Int64(version))])])
    }

    static func key() throws -> [UInt8] {
        try KeySchema(columns: [KeyColumn(name: "id", type: .int64)]).encode([.int64(1)])
    }

    func publish(_ count: Int, job: String = "j") throws {
        let catalog = try catalog()
        for _ in 0..<count {
            let run = try catalog.beginRun(job: job, actor: "tester")
            let summary = try fixture(run.version).write(
                to: run.tablePath, job: job, version: run.version)
            _ = try run.publish(
                summary: summary, promote: true, keepVersions: 3, dropDelay: .zero,
                record: RunRecord(
                    job: job, version: run.version, startedAt: run.startedAt, finishedAt: 0,
                    outcome: .promoted))
        }
    }

    /// The value of the current version under key 1.
    func value(_ store: Store) -> String? {
        let snapshot = store.snapshot()
        return value(snapshot, version: snapshot.jobs["j"]?.current?.number ?? 0)
    }

    func value(_ snapshot: StoreSnapshot?, version: Int) -> String? {
        guard let job = snapshot?.jobs["j"], let key = try? Self.key(),
            let open = job[version] ?? job.current
        else { return nil }
        var output: [UInt8] = []
        let isFound = try? open.table.get(key.span, open.table.select(nil), into: &output)
        return isFound == true ? String(decoding: output, as: UTF8.self) : nil
    }
}
