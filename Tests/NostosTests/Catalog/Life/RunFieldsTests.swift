import FoundationEssentials
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// The figures of fields, which outlive the table, and the owner of a job.
@Suite struct RunFieldsTests {
    private func figures(_ name: String) -> FieldFigures {
        FieldFigures(
            name: name, type: "number", isList: false, rows: 1_234_567, nulls: 12, distinct: 99_999,
            isDistinctExact: false, measure: .number, sampled: 200_000, minimum: -1.25,
            maximum: 1e300, mean: 0.123456789,
            quantiles: [1, 2, 3, 4, 5, 6, 1_700_000_000_000_001], bins: (0..<20).map { $0 * 1000 },
            binStart: 0, binEnd: 123.456, below: 3, above: 4)
    }

    private func publish(
        _ catalog: Catalog, _ fixture: CatalogFixture, fields: [FieldFigures],
        owner: String? = nil, description: String? = nil
    ) throws {
        let run = try catalog.beginRun(job: "j", actor: "tester")
        let summary = try fixture.write(run)
        try run.checking()
        _ = try run.publish(
            summary: summary, promote: true, keepVersions: 1, dropDelay: .zero, owner: owner,
            description: description,
            record: RunRecord(
                job: "j", version: run.version, startedAt: 1, finishedAt: 0, outcome: .failed,
                fields: fields))
    }

    /// Also where LMDB is lost and the journal tells all again.
    @Test func figuresAreKeptWhenTheTableIsGone() throws {
        let fixture = try CatalogFixture()
        let fields = ["a", "é\"\\"].map(figures)
        do {
            let catalog = try fixture.open()
            try publish(catalog, fixture, fields: fields)
            try publish(catalog, fixture, fields: [])
            #expect(try fixture.tables() == ["j_2.table"])
            #expect(try catalog.runs(job: "j").map(\.fields) == [fields, []])
        }
        try Disk.removeTree(fixture.layout.catalog.appending("data.mdb"))
        #expect(try fixture.open().runs(job: "j").map(\.fields) == [fields, []])
    }

    @Test func figuresOfManyFieldsAreOfBoundedSize() throws {
        let long = (0..<300).map { figures(String(repeating: "n", count: 200) + "\($0)") }
        let short = (0..<300).map { figures("f\($0)") }
        for fields in [long, short] {
            let text = try #require(FieldFiguresText.encode(fields))
            #expect(text.utf8.count <= FieldFiguresText.maxSize)
            let kept = FieldFiguresText.decode(text)
            #expect(kept == Array(fields.prefix(kept.count)))
            #expect(kept.count > 30 && kept.count <= FieldFigures.maxFieldCount)
        }
        #expect(FieldFiguresText.encode([]) == nil)
    }

    @Test func aRecordOfBeforeThereWereFiguresHasNone() throws {
        let old = """
            {"error":"why","finished_at":2,"job":"j","outcome":"failed","stages":[],"started_at":1,\
            "version":3,"warnings":[]}
            """
        let record = try #require(CatalogJSON.decode(RunRecord.self, Array(old.utf8)))
        #expect(record.fields.isEmpty)
        #expect(FieldFiguresText.decode("[[1]]").isEmpty && FieldFiguresText.decode("").isEmpty)
    }

    @Test func aNewerNostosMayAddToFigures() throws {
        let text = try #require(FieldFiguresText.encode([figures("a")]))
        let newer = String(text.dropLast(2)) + ",{\"more\":[1]}]]"
        #expect(FieldFiguresText.decode(newer) == [figures("a")])
    }

    @Test func listsOfRunsAreDocumentsWithoutFigures() throws {
        let record = RunRecord(
            job: "j", version: 1, startedAt: 1, finishedAt: 2, outcome: .promoted,
            fields: [figures("a")])
        let encoder = JSONEncoder()
        encoder.userInfo = DocumentForm.userInfo
        let document = String(decoding: try encoder.encode(record), as: UTF8.self)
        #expect(!document.contains("fields"))
        let own = String(decoding: try CatalogJSON.encode(record), as: UTF8.self)
        #expect(own.contains("fields"))
        #expect(CatalogJSON.decode(RunRecord.self, Array(own.utf8)) == record)
    }

    @Test func aJobShowsTheOwnerAndDescriptionOfItsLastVersion() throws {
        let fixture = try CatalogFixture()
        let catalog = try fixture.open()
        let long = String(repeating: "é", count: 5000)
        try publish(catalog, fixture, fields: [], owner: "ds-team", description: long)
        let state = try #require(try catalog.job("j"))
        #expect(state.owner == "ds-team" && state.description?.count == 2000)
        try publish(catalog, fixture, fields: [])
        let later = try #require(try catalog.job("j"))
        #expect(later.owner == nil && later.description == nil)
    }
}
