import Nostos
import SystemPackage
import TestSupport
import Testing

@Suite struct TableDiffTests {
    private let directory = try? TemporaryDirectory()

    private func table(_ fixture: TableFixture, _ name: String) throws -> TableReader {
        let path = try #require(directory).file(name)
        try fixture.write(to: path)
        return try TableReader(opening: path)
    }

    /// A table with an int64 key and these fields.
    private func table(
        _ name: String, _ fields: [Field], _ records: [(Int64, [TestValue])]
    ) throws -> TableReader {
        try table(
            TableFixture(
                keyType: .int64, fields: fields, records: records.map { (.int64($0), $1) }),
            name)
    }

    /// All that the diff tells, as lines: `+ 7`, `- 7`, `~ 7 a 1 2`.
    private func lines(_ old: TableReader, _ new: TableReader) throws -> [String] {
        var diff = try TableDiff(from: old, to: new)
        var lines: [String] = []
        while let change = try diff.next() {
            let key = new.info.schema.key.json(of: diff.key) ?? "?"
            let values = try diff.values()
            switch change {
            case .unchanged: lines.append("= \(key)")
            case .added: lines.append("+ \(key)")
            case .removed: lines.append("- \(key)")
            case .changed:
                let texts = values.map { " \($0.name) \($0.from) \($0.to)" }
                lines.append("~ \(key)" + texts.joined())
            }
            if change != .changed, !values.isEmpty { Issue.record("values of \(change)") }
        }
        #expect(try diff.next() == nil)
        return lines
    }

    private let fields = [
        Field(name: "language", type: .string), Field(name: "score", type: .number),
    ]

    @Test func addedRemovedAndChangedKeysComeInKeyOrder() throws {
        let old = try table(
            "old", fields,
            [(-1, ["en", 1]), (2, ["fr", .double(0.5)]), (3, [nil, 3]), (4, ["de", 4])])
        let new = try table(
            "new", fields,
            [(-1, ["en", 1]), (0, ["en", 0]), (2, ["es", .double(0.25)]), (3, ["en", nil])])
        #expect(
            try lines(old, new) == [
                "= -1", "+ 0", #"~ 2 language "fr" "es" score 0.5 0.25"#,
                #"~ 3 language null "en" score 3 null"#, "- 4",
            ])
        let summary = try DiffSummary(from: old, to: new)
        #expect(
            [summary.added, summary.removed, summary.changed, summary.unchanged] == [1, 1, 2, 1])
        #expect([summary.from, summary.to, summary.differences] == [4, 4, 4])
        #expect(
            summary.fields.map { "\($0.name) \($0.added) \($0.removed) \($0.changed)" } == [
                "language 1 0 2", "score 0 1 2",
            ])
        #expect(!summary.isEmpty && summary.schema.isEmpty)
    }

    @Test func aTableDoesNotDifferFromItself() throws {
        let one = try table("one", fields, [(1, ["en", 1]), (2, [nil, nil])])
        let summary = try DiffSummary(from: one, to: one)
        #expect(summary.isEmpty)
        #expect(summary.unchanged == 2)
    }

    /// Types say more than texts: a number that is text now is another value.
    @Test func fieldsThatOnlyOneTableHasChangeTheSchemaAndNoRecord() throws {
        let old = try table(
            "old",
            [
                Field(name: "gone", type: .bool), Field(name: "kept", type: .int64),
                Field(name: "typed", type: .int64),
            ],
            [(1, [true, 1, 5]), (2, [nil, 2, nil])])
        let new = try table(
            "new",
            [
                Field(name: "typed", type: .string), Field(name: "kept", type: .number),
                Field(name: "tags", type: .string, isList: true),
            ],
            [(1, ["5", 1, .list(["a"])]), (2, [nil, 2, .list([])])])
        let summary = try DiffSummary(from: old, to: new)
        #expect(summary.schema.added.map { "\($0.name) \($0.type)" } == ["tags list of string"])
        #expect(summary.schema.removed.map { "\($0.name) \($0.type)" } == ["gone bool"])
        #expect(
            summary.schema.retyped.map { "\($0.name) \($0.from) \($0.to)" } == [
                "typed int64 string", "kept int64 number",
            ])
        #expect(try lines(old, new) == [#"~ 1 typed 5 "5""#, "= 2"])
        #expect(summary.fields.map(\.name) == ["typed", "kept"])
        #expect(summary.fields.map(\.changed) == [1, 0])
    }

    /// The same codes for other words, and the same words under other codes: rows of equal bytes
    /// may differ, and rows of other bytes may be the same.
    @Test func whatRowsMeanIsComparedAndNotTheirCodesAlone() throws {
        let field = [Field(name: "v", type: .string)]
        func words(_ list: [String]) -> [(Int64, [TestValue])] {
            (0..<300).map { (Int64($0), [.string(list[$0 % list.count])]) }
        }
        let one = try table("one", field, words(["red", "green", "blue"]))
        let other = try table("other", field, words(["rot", "green", "blau"]))
        let longer = try table(
            "longer", field, words(["red", "green", "blue"]) + [(300, ["a"]), (301, ["violet"])])
        let changed = try DiffSummary(from: one, to: other)
        #expect([changed.changed, changed.unchanged] == [200, 100])
        let grown = try DiffSummary(from: one, to: longer)
        #expect([grown.added, grown.changed, grown.unchanged] == [2, 0, 300])
    }

    @Test func tablesOfOtherKeysAreToldSoAndNotCompared() throws {
        let numbers = try table("numbers", fields, [(1, ["en", 1])])
        let texts = try table(
            TableFixture(keyType: .string, fields: fields, records: [(.string("1"), ["en", 1])]),
            "texts")
        let error = #expect(throws: DiffError.self) { try DiffSummary(from: numbers, to: texts) }
        #expect(
            error?.description
                == "the keys differ: id int64 in the older table, id string in the newer one; "
                + "nothing can be compared")
    }

    /// Every pair of tables of some keys, each absent or with one of these values.
    @Test(
        arguments: [(3, [nil, "a", "b"]), (2, [nil, .some(nil), "a", "b"])] as [(Int, [TestValue?])]
    )
    func agreesWithAModelOnEverySmallPair(keyCount: Int, values: [TestValue?]) throws {
        var models: [[Int64: TestValue]] = [[:]]
        for key in 0..<Int64(keyCount) {
            models = models.flatMap { model in
                values.map { value in model.merging(value.map { [key: $0] } ?? [:]) { $1 } }
            }
        }
        let field = Field(name: "v", type: .string)
        let tables = try models.enumerated().map { index, model in
            try table("t\(index)", [field], model.sorted { $0.key < $1.key }.map { ($0, [$1]) })
        }
        for (before, old) in zip(models, tables) {
            for (after, new) in zip(models, tables) {
                let expected = try (0..<Int64(keyCount)).compactMap { key -> String? in
                    switch (before[key], after[key]) {
                    case (nil, nil): return nil
                    case (nil, _): return "+ \(key)"
                    case (_, nil): return "- \(key)"
                    case (let a?, let b?):
                        return a == b ? "= \(key)" : "~ \(key) v \(try a.json()) \(try b.json())"
                    }
                }
                let found = try lines(old, new)
                if found != expected { Issue.record("\(before) to \(after): \(found)") }
            }
        }
    }
}
