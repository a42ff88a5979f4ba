import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Checks of the table as a whole, each at its limit, one under it and one over.
@Suite struct TableChecksTests {
    private let harness = try? CheckHarness()

    private func table(_ count: Int, name: String = "new") throws -> TableReader {
        try #require(harness).table(
            (0..<count).map { .int(Int64($0)) }, type: .int64, name: name)
    }

    private func rowCount(
        _ count: Int, min: Int? = nil, maxChange: Double? = nil, before: Int? = nil
    ) throws -> String {
        let baseline = try before.map { try #require(harness).baseline(table($0, name: "old")) }
        return RowCountCheck(min: min, maxChange: maxChange)
            .finding(rowCount: count, against: baseline).text
    }

    @Test func aTableOfFewerKeysThanTheLeastFails() throws {
        #expect(try rowCount(1000, min: 1000) == "ok: 1,000")
        #expect(try rowCount(1001, min: 1000) == "ok: 1,001")
        #expect(try rowCount(999, min: 1000) == "fails: 999; expected at least 1,000")
        #expect(try rowCount(0, min: 0) == "ok: 0")
    }

    @Test func aTableThatGrewOrShrankTooMuchFails() throws {
        #expect(try rowCount(120, maxChange: 20, before: 100) == "ok: 120 (+20.0 % vs 12)")
        #expect(try rowCount(80, maxChange: 20, before: 100) == "ok: 80 (-20.0 % vs 12)")
        #expect(try rowCount(100, maxChange: 0, before: 100) == "ok: 100 (0.0 % vs 12)")
        let limit = "; expected at most 20 % more or fewer"
        #expect(
            try rowCount(121, maxChange: 20, before: 100) == "fails: 121 (+21.0 % vs 12)\(limit)")
        #expect(try rowCount(79, maxChange: 20, before: 100) == "fails: 79 (-21.0 % vs 12)\(limit)")
        #expect(try rowCount(0, maxChange: 20, before: 100) == "fails: 0 (-100.0 % vs 12)\(limit)")
        #expect(
            try rowCount(5, min: 10, maxChange: 20, before: 100)
                == "fails: 5 (-95.0 % vs 12); expected at least 10, at most 20 % more or fewer")
    }

    /// Rounded for people, never for the verdict.
    @Test func aChangeJustAboveTheLimitDoesNotReadAsTheLimit() throws {
        let found = RowCountCheck(min: nil, maxChange: 20)
            .finding(
                rowCount: 12_001,
                against: try #require(harness).baseline(table(10_000, name: "old")))
        #expect(
            found.text == "fails: 12,001 (+20.01 % vs 12); expected at most 20 % more or fewer")
    }

    @Test func theFirstVersionHasNothingToChangeFrom() throws {
        let note = "no current version to compare with"
        #expect(try rowCount(7, maxChange: 20) == "skipped: 7; \(note)")
        #expect(try rowCount(7, min: 1, maxChange: 20) == "ok: 7; \(note)")
        #expect(
            try rowCount(7, min: 8, maxChange: 20)
                == "fails: 7; expected at least 8; \(note)")
        // An empty version is no measure: the first good one could never follow it.
        #expect(try rowCount(7, maxChange: 20, before: 0) == "skipped: 7; \(note)")
    }

    private func changed(
        _ old: [TestValue], _ new: [TestValue], max: Double,
        severity: CheckSpec.Severity = .error
    ) throws -> String {
        let harness = try #require(harness)
        let before = try harness.table(old, name: "old")
        return try ChangedCheck(max: max, severity: severity)
            .finding(try harness.table(new), against: harness.baseline(before)) { _ in }.text
    }

    @Test func addedRemovedAndChangedKeysCountAgainstTheCurrentOnes() throws {
        let old: [TestValue] = [1, 2, 3, 4]
        #expect(
            try changed(old, [1, 2, 3, 5], max: 25)
                == "ok: 25.0 % of keys changed (at most 25 %): 1 changed")
        #expect(
            try changed(old, [1, 2, 3, 4, 5], max: 25)
                == "ok: 25.0 % of keys changed (at most 25 %): 1 added")
        #expect(
            try changed(old, [1, 2, 3], max: 24)
                == #"fails: 25.0 % of keys changed (at most 24 %): 1 removed ["4"]"#)
        #expect(
            try changed(old, [1, 9, 9, 4, 5], max: 74.9, severity: .warn)
                == "fails: 75.0 % of keys changed (warn above 74.9 %): 1 added, 2 changed "
                + #"["2", "3", "5"]"#)
        #expect(try changed(old, old, max: 0) == "ok: 0.0 % of keys changed (at most 0 %)")
    }

    @Test func changedIsSkippedWithoutACurrentVersion() throws {
        let table = try table(3)
        let check = ChangedCheck(max: 10, severity: .error)
        #expect(try check.finding(table, against: nil) { _ in }.verdict == .skipped)
        #expect(try changed([], [1], max: 0).hasPrefix("skipped: "))
    }

    private func schema(
        _ old: [Field], _ new: [Field], removed: CheckSpec.Severity = .error,
        typeChanged: CheckSpec.Severity = .error
    ) throws -> Finding {
        let harness = try #require(harness)
        let before = try harness.table(old, [], name: "old")
        return SchemaCheck(removed: removed, typeChanged: typeChanged)
            .finding(try harness.table(new, []).info.schema, against: harness.baseline(before))
    }

    @Test func aFieldThatIsGoneOrHasAnotherTypeFails() throws {
        let fields = [Field(name: "a", type: .int64), Field(name: "b", type: .string)]
        #expect(try schema(fields, fields.reversed()).text == "ok: the fields and types of 12")
        let more = fields + [Field(name: "c", type: .bool)]
        #expect(try schema(fields, more).text == "ok: the fields and types of 12; added c")
        #expect(try schema(more, fields).text == "fails: removed c (vs 12)")
        let typed = [
            Field(name: "a", type: .number), Field(name: "b", type: .string, isList: true),
        ]
        #expect(
            try schema(more, typed).text
                == "fails: removed c; a is number, was int64, b is list of string, was string "
                + "(vs 12)")
        // Of NULLs only nobody knew a type.
        let unknown = [Field(name: "a", type: .none), Field(name: "b", type: .string)]
        #expect(try schema(fields, unknown).verdict == .holds)
        #expect(try schema(unknown, fields).verdict == .holds)
        let skipped = SchemaCheck(removed: .error, typeChanged: .error)
            .finding(
                Schema(key: KeySchema(columns: [.init(name: "k", type: .int64)]), fields: []),
                against: nil)
        #expect(skipped.verdict == .skipped)
    }

    @Test func eachKindOfSchemaChangeHasItsSeverity() throws {
        let (a, b) = (Field(name: "a", type: .int64), Field(name: "b", type: .string))
        let spec = CheckSpec(
            name: "schema", kind: .schema(removed: .warn, typeChanged: .error), severity: .error,
            mark: TextMark(line: 1, column: 1))
        let gone = try schema([a, b], [a], removed: .warn)
        #expect(gone.result(of: spec).status == .warn)
        let both = try schema([a, b], [Field(name: "a", type: .bool)], removed: .warn)
        #expect(both.result(of: spec).status == .failed)
    }

    @Test func aCheckThatOnlyWarnsNeverFails() {
        let spec = CheckSpec(
            name: "primary_key", kind: .primaryKey, severity: .warn,
            mark: TextMark(line: 1, column: 1))
        let result = Finding.notEvaluated("the source is gone").result(of: spec)
        #expect(result.status == .warn)
        #expect(result.observed == nil)
        #expect(result.sentence == "could not be evaluated: the source is gone")
    }

    @Test func everyKeyThatMustExistIsLookedUp() throws {
        let table = try table(3)
        func found(_ keys: [[Literal]]) throws -> String {
            try MustExistCheck(keys: keys).finding(table).text
        }
        #expect(try found([[.int64(1)], [.int64(3)]]) == "ok: all 2 keys are there")
        #expect(try found([[.int64(1)]]) == "ok: the key is there")
        #expect(
            try found([[.int64(1)], [.int64(4)], [.int64(0)]])
                == #"fails: 2 of 3 keys missing ["4", "0"]"#)
        #expect(
            try found([[.string("1")]])
                == "fails: could not be evaluated: the key \"1\" is text, the job's are numbers")
        #expect(try found([[.int64(1), .int64(2)]]).contains("a key of 2 parts"))
    }
}
