import Foundation
import Testing

@testable import Nostos

/// Times and durations of documents, and catalogs that an older Nostos wrote.
@Suite struct DocumentFormTests {
    @Test(
        arguments: [
            0, 1, 999_999, 1_000_000, 1_796_104_502_453_253, 1_796_104_502_450_000,
            1_709_164_800_000_000, -1, -62_135_596_800_000_000, 253_402_300_799_999_999,
        ] as [Int64])
    func timesComeBackFromTheirTexts(time: Int64) {
        #expect(Timestamp.microseconds(ofText: Timestamp.text(time)) == time)
    }

    @Test(arguments: [
        "", "Z", "2026-12-01", "2026-12-01T10:16:12", "2026-12-01 10:16:12Z",
        "2026-13-01T10:16:12Z", "2026-02-29T10:16:12Z", "2026-12-01T24:16:12Z",
        "2026-12-01T10:16:12.Z", "2026-12-01T10:16:12.1234567Z", "2026-12-01T10:16:12+01",
        "２026-12-01T10:16:12Z", "2026-12-01T10:16:1aZ", "2026-12-01T10:16:12,5Z",
    ])
    func otherTextsAreNoTimes(text: String) {
        #expect(Timestamp.microseconds(ofText: text) == nil)
    }

    private func state() -> JobState {
        var state = JobState(name: "j")
        var version = VersionRecord(number: 1, startedAt: 1_796_104_502_453_253)
        (version.state, version.hasTable) = (.current, true)
        version.publishedAt = 1_796_104_503_000_000
        version.promotedAt = 1_796_104_503_000_000
        version.maxAge = 93_600_000_000
        version.warningCount = 2
        state.versions = [version]
        (state.currentNumber, state.nextNumber, state.dropDelay) = (1, 2, 1_500_000)
        state.hold = Hold(reason: "r", by: "me", at: 1_796_104_504_000_001, rolledBack: nil)
        return state
    }

    @Test func documentsHoldTimesAsTextsAndDurationsAsSeconds() throws {
        let state = state()
        let encoder = JSONEncoder()
        encoder.userInfo = DocumentForm.userInfo
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(state)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"current":1,"drop_delay_seconds":1.5,"hold":{"at":"2026-12-01T05:55:04.000001Z","#
                + #""by":"me","reason":"r"},"keep_versions":3,"name":"j","next_number":2,"#
                + #""versions":[{"digest":"","has_table":true,"max_age_seconds":93600,"number":1,"#
                + #""promoted_at":"2026-12-01T05:55:03Z","published_at":"2026-12-01T05:55:03Z","#
                + #""row_count":0,"size":0,"started_at":"2026-12-01T05:55:02.453253Z","#
                + #""state":"current","warnings":2}]}"#)
        #expect(try JSONDecoder().decode(JobState.self, from: json) == state)
    }

    @Test func theCatalogsOwnFilesKeepMicroseconds() throws {
        let state = state()
        let json = try CatalogJSON.encode(state)
        let text = String(decoding: json, as: UTF8.self)
        #expect(text.contains(#""drop_delay":1500000"#))
        #expect(text.contains(#""max_age":93600000000"#))
        #expect(text.contains(#""started_at":1796104502453253"#))
        #expect(CatalogJSON.decode(JobState.self, json) == state)
    }

    /// The lines of a journal as the Nostos of before removals and marks wrote them.
    private static let oldLines = [
        #"{"event":{"action":"create","actor":"nostos","at":1796104500000000,"generation":1},"#
            + #""format":1,"whole":{"jobs":{},"runs":[]}}"#,
        #"{"event":{"action":"reject","actor":"ann","at":1796104502000000,"from":1,"generation":2,"#
            + #""job":"j","reason":"1 of 1 check failed: range v","to":1,"version":2},"format":1,"#
            + #""job":{"current":1,"drop_delay":600000000,"hold":{"at":1796104501000000,"by":"ann","#
            + #""reason":"bad"},"keep_versions":3,"name":"j","next_number":3,"versions":["#
            + #"{"digest":"d1","has_table":true,"max_age":93600000000,"number":1,"#
            + #""promoted_at":1796104501000000,"published_at":1796104501000000,"row_count":1,"#
            + #""size":4,"started_at":1796104500500000,"state":"current"},"#
            + #"{"digest":"d2","has_table":true,"number":2,"published_at":1796104502000000,"#
            + #""reason":"1 of 1 check failed: range v","row_count":1,"size":4,"#
            + #""started_at":1796104501500000,"state":"rejected"}]},"run":{"checks":[],"#
            + #""error":"rejected","finished_at":1796104502000000,"job":"j","outcome":"rejected","#
            + #""stages":[{"bytes":2,"microseconds":3,"name":"write","rows":1}],"#
            + #""started_at":1796104501500000,"version":2,"warnings":["w"]}}"#,
    ]

    @Test func aStoreOfAnOlderNostosOpensAndItsMarksAreKnown() throws {
        let fixture = try CatalogFixture()
        try Disk.makeDirectory(fixture.root)
        for directory in fixture.layout.directories where try !Disk.exists(directory) {
            try Disk.makeDirectory(directory)
        }
        var journal: [UInt8] = []
        var hash = JournalMark.seed
        for line in Self.oldLines {
            let text = Array(line.utf8)
            hash = Checksum.hash(text.span, seed: hash)
            journal += Array("\(Checksum.text(hash)) \(line)\n".utf8)
        }
        try Disk.create(fixture.layout.journal, journal)
        for number in 1...2 {
            try Disk.create(fixture.layout.table("j", number), Array("j \(number)\n".utf8))
        }
        let catalog = try Catalog.open(fixture.root, create: false)
        let state = try #require(try catalog.job("j"))
        #expect(state.dropDelay == 600_000_000 && state[1]?.maxAge == 93_600_000_000)
        #expect(state.hold?.at == 1_796_104_501_000_000)
        #expect(state[2]?.checkFailure == "1 of 1 check failed: range v")
        #expect(try catalog.runs().map(\.finishedAt) == [1_796_104_502_000_000])
        #expect(throws: CatalogError.self) {
            try catalog.promote(job: "j", version: 2, actor: "me")
        }
        try catalog.promote(
            job: "j", version: 2, isForced: true, reason: "it was the check", actor: "me")
        #expect(try catalog.job("j")?.currentNumber == 2)
        #expect(try catalog.job("j")?[2]?.failedChecks == "1 of 1 check failed: range v")
        #expect(try catalog.events().count == 3)
    }
}
