import TestSupport
import Testing

@testable import Nostos

/// Local access to a catalog: records, scans and the errors that name what was asked for.
@Suite struct LocalCatalogTests {
    private let fixture: CatalogFixture
    private let access: LocalCatalog

    init() throws {
        fixture = try CatalogFixture()
        access = LocalCatalog(try fixture.open(), actor: "tester")
        for version in 1...2 {
            let run = try access.catalog.beginRun(job: "j", actor: "tester")
            let table = TableFixture(
                keyType: .int64, fields: [Field(name: "score", type: .int64)],
                records: (1...5).map { (.int64($0), [.int(Int64(version) * 10 + $0)]) })
            let summary = try table.write(to: run.tablePath, job: "j", version: run.version)
            _ = try run.publish(
                summary: summary, promote: true, keepVersions: 3, dropDelay: .zero,
                record: CatalogFixture.record(run))
        }
    }

    private func job(_ text: String) throws -> JobReference { try #require(JobReference(text)) }

    @Test func recordsComeInTheOrderOfTheKeys() throws {
        let found = try access.records(of: job("j@1"), keys: ["3", "9", "1"], fields: nil)
        #expect(found.version == 1)
        #expect(
            found.records == [
                FoundRecord(key: "3", values: "{\"score\":13}"),
                FoundRecord(key: "9", values: nil),
                FoundRecord(key: "1", values: "{\"score\":11}"),
            ])
        #expect(try access.records(of: job("j"), keys: [], fields: nil).version == 2)
        #expect(try access.records(of: job("j@previous"), keys: [], fields: nil).version == 1)
    }

    @Test func aScanStopsAtItsBounds() throws {
        var lines: [UInt8] = []
        let range = ScanRange(from: "2", to: "5", limit: 2)
        try access.scan(job("j"), range, fields: ["score"]) { lines += $0 }
        #expect(
            String(decoding: lines, as: UTF8.self) == """
                {"key":2,"values":{"score":22}}
                {"key":3,"values":{"score":23}}

                """)
    }

    @Test func whatCannotBeAskedForIsNamed() throws {
        let misspelt = #expect(throws: RecordRequestError.self) {
            try access.records(of: job("j"), keys: ["1"], fields: ["scroe"])
        }
        #expect(
            misspelt?.description
                == "no field \"scroe\"; the fields are score; did you mean \"score\"?")
        #expect(throws: RecordRequestError.prefixOfInteger) {
            try access.scan(job("j"), ScanRange(prefix: "1"), fields: nil) { _ in }
        }
    }

    @Test(arguments: [
        ("007", CatalogError.badVersion(job: "j", text: "007")),
        ("latest", .badVersion(job: "j", text: "latest")),
        ("9", .unknownVersion(job: "j", version: 9)),
        ("candidate", .noVersion(job: "j", .candidate)),
    ])
    func aVersionThatIsNotThereIsNamed(_ selector: String, _ expected: CatalogError) throws {
        #expect(throws: expected) { try access.version(of: "j", selector) }
        #expect(throws: expected) {
            try access.records(of: job("j@\(selector)"), keys: [], fields: nil)
        }
    }

    @Test func changesAreMadeInTheActorsName() throws {
        let seen = try access.state(of: "j")
        let after = try access.rollBack(job: "j", to: nil, reason: "bad", seen: seen)
        #expect(after.currentNumber == 1)
        #expect(after.hold?.by == "tester")
        #expect(throws: CatalogError.moved(job: "j")) {
            try access.rollBack(job: "j", to: 2, reason: "again", seen: seen)
        }
        #expect(try access.events(job: "j", EventChoice(limit: 1)).first?.actor == "tester")
    }
}
