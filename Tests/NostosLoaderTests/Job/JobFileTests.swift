import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct JobFileTests {
    private let head = "job: a\nindex_column: id\n"
    private let fields = "fields: [{generator: sql_iterator, sql: 'SELECT id, a FROM t'}]\n"

    private func parse(
        _ text: String, environment: [String: String] = [:]
    ) throws(JobFileErrors) -> JobFile.Contents {
        try JobFile.parse(text, path: "a.yml", environment: environment)
    }

    private func messages(_ text: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try parse(text, environment: environment)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test func everyExampleIsRead() throws {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().removingLastComponent()
        let jobs = root.appending("jobs")
        let names = try FileManager.default.contentsOfDirectory(atPath: jobs.string)
            .filter { $0.hasSuffix(".yml") && $0 != Connections.fileName }
        #expect(names.contains("example.yml") && names.contains("user_profile.yml"))
        for name in names {
            let path = jobs.appending(name)
            let contents = try JobFile.load(path, environment: [:])
            #expect(contents.warnings.isEmpty)
            let connections = try Connections.load(
                for: path, environment: ["WAREHOUSE_URL": "postgresql://localhost/"])
            for job in contents.jobs {
                for generator in job.generators {
                    #expect(throws: Never.self) { try connections.resolve(generator, of: job) }
                }
            }
        }
    }

    /// Text stays what it was, whatever YAML 1.1 or 1.2 would make of it.
    @Test func scalarsAreTextUntilAKeyTypesThem() throws {
        let traps = [
            "no", "yes", "off", "12:00", "12:30:45", "0o17", "017", "0x1F", "1_000", "1.10",
            "1.2.3",
            "2026-01-01", ".inf", ".nan", "true", "+1", "1e3", "0b1", "=",
        ]
        for trap in traps {
            let text =
                "\(head)owner: \(trap)\ndescription: \(trap)\nvars: {x: \(trap)}\n"
                + "fields: [{generator: sql_iterator, sql: \"SELECT '{{ x }}'\"}]\n"
            let job = try #require(try parse(text).jobs.first)
            #expect(job.owner == trap)
            #expect(job.description == trap)
            #expect(job.vars == ["x": trap])
            guard case .sql(let sql) = job.generators[0].kind else { continue }
            #expect(sql.text == "SELECT '\(trap)'")
        }
    }

    @Test func constantsHaveTheTypesOfJSON() throws {
        let text =
            head + "fields:\n- generator: constant\n  values: {a: 1, b: -1.50, c: true, d: null, "
            + "e: text, f: \"1\", g: 'no', h: 1.2.3, i: 2026-01-01, j: 9223372036854775808, k: ~}\n"
            + "- {generator: sql_iterator, sql: SELECT 1}\n"
        guard case .constant(let constants) = try parse(text).jobs[0].generators[0].kind else {
            Issue.record("no constants")
            return
        }
        #expect(
            constants.map(\.value) == [
                .int64(1), .number("-1.50"), .bool(true), .null, .string("text"), .string("1"),
                .string("no"), .string("1.2.3"), .string("2026-01-01"),
                .number("9223372036854775808"), .null,
            ])
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("0s", .zero), ("90s", .seconds(90)),
        ("10m", .seconds(600)), ("2h", .seconds(7200)), ("366d", .seconds(366 * 86_400)),
    ])
    func durationsHaveAUnit(text: String, duration: Duration) throws {
        let job = try parse(head + fields + "publish: {drop_delay: \(text)}\n").jobs[0]
        #expect(job.publish.dropDelay == duration)
    }

    @Test(arguments: [
        "10", "1.5h", "-1s", "s", "10 m", "1w", "367d", "99999999999999999999d", "12:00", "01s",
    ])
    func otherDurationsAreRefused(text: String) {
        let found = messages(head + fields + "publish: {drop_delay: \(text)}\n")
        #expect(found.count == 1)
        #expect(found.first?.contains("expected a duration") == true)
    }

    @Test func filesAreKnownByTheEndsOfTheirNames() throws {
        let names = ["a.csv", "a.TSV.gz", "dir.x/b.jsonl.zst"]
        let items = names.map { "- {generator: file, path: \($0)}\n" }.joined()
        let job = try parse(head + "fields:\n" + items).jobs[0]
        let inputs = job.generators.compactMap { generator -> FileInput? in
            if case .file(let input) = generator.kind { input } else { nil }
        }
        #expect(inputs.map(\.format) == [.csv, .tsv, .jsonl])
        #expect(inputs.map(\.compression) == [.none, .gzip, .zstd])
        #expect(inputs.map(\.path.string) == names)
    }

    @Test func whatTheEnvironmentGaveIsMaskedInMessagesAndKnownAsSecret() throws {
        let text =
            head + "fields:\n- {generator: sql_iterator, sql: \"SELECT id, "
            + "{{ env_var('COLUMN') }} FROM t\"}\n"
        let job = try parse(text, environment: ["COLUMN": "hunter2"]).jobs[0]
        #expect(job.secrets.mask("no column hunter2") == "no column ***")
        #expect(!job.text.contains("hunter2"))
        guard case .sql(let sql) = job.generators[0].kind else { return }
        #expect(sql.text == "SELECT id, hunter2 FROM t")
        #expect(sql.template == "SELECT id, {{ env_var('COLUMN') }} FROM t")
        let missing = text.replacing("SELECT id, ", with: "dir/").replacing(
            " FROM t", with: ".sql")
        let found = messages(missing, environment: ["COLUMN": "hunter2"])
        #expect(found.count == 1)
        #expect(found.first?.contains("dir/***.sql") == true)
    }

    @Test func aFileThatCannotBeReadIsNoBadFile() throws {
        try withTemporaryDirectory { directory in
            let errors = try #require(throws: JobFileErrors.self) {
                try JobFile.load(directory.appending("none.yml"), environment: [:])
            }
            #expect(errors.cause == .noSuchFileOrDirectory)
            #expect(
                errors.description == "\(directory.appending("none.yml")): "
                    + "found an unreadable file (No such file or directory)")
            #expect(throws: JobFileErrors.self) {
                try JobFile.load(directory, environment: [:])
            }
        }
    }

    @Test func aFileTooLargeOrNotUTF8IsRefused() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.yml")
            try write(String(repeating: "#", count: YAMLNode.maxSize + 1), to: path)
            let errors = #expect(throws: JobFileErrors.self) {
                try JobFile.load(path, environment: [:])
            }
            #expect(errors?.description == "\(path): found more than 1048576 bytes, expected less")
            try write(Array("job: a\nx: é".utf8) + [0xC3, 0x28], to: path)
            let invalid = #expect(throws: JobFileErrors.self) {
                try JobFile.load(path, environment: [:])
            }
            #expect(
                invalid?.description
                    == "\(path):2:5: found bytes that are not UTF-8, expected text in UTF-8")
            try write([0xEF, 0xBB, 0xBF] + Array((head + fields).utf8), to: path)
            #expect(try JobFile.load(path, environment: [:]).jobs.map(\.name) == ["a"])
        }
    }

    @Test func relativeSQLFilesStandBesideTheJobFile() throws {
        try withTemporaryDirectory { directory in
            try makeDirectory(directory.appending("jobs"))
            try write("SELECT id, a\nFROM {{ dz }}", to: directory.appending("a.sql"))
            let path = directory.appending("jobs").appending("a.yml")
            try write(
                head + "fields: [{generator: sql_iterator, sql: ../a.sql}]\n", to: path)
            let errors = try #require(throws: JobFileErrors.self) {
                try JobFile.load(path, environment: [:])
            }
            // The place is in the .sql file.
            #expect(errors.errors.map(\.mark) == [TextMark(line: 2, column: 6)])
            #expect(errors.errors.first?.file.hasSuffix("a.sql") == true)
        }
    }

    /// Files of the examples with bytes changed: an answer or errors, never a trap.
    @Test(arguments: UInt64(0)..<32)
    func brokenFilesNeverTrap(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("\n\t -:?&*!|>'\"%@`{}[],#~a0éñ\u{85}\u{2028}😀".unicodeScalars)
        for _ in 0..<40 {
            var scalars = Array(FullFormTests.example.unicodeScalars)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: 0..<scalars.count, using: &random)
                let scalar = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0: scalars[index] = scalar
                case 1: scalars.insert(scalar, at: index)
                default: scalars.remove(at: index)
                }
            }
            let text = String(String.UnicodeScalarView(scalars))
            let result = Result { () throws(JobFileErrors) in try parse(text) }
            switch result {
            case .success(let contents): #expect(!contents.jobs.isEmpty)
            case .failure(let errors):
                #expect(!errors.errors.isEmpty)
                #expect(errors.errors.allSatisfy { $0.line > 0 && $0.column > 0 })
            }
        }
    }

    @Test func eachDocumentIsAJobWithVariablesOfItsOwn() throws {
        let text = """
            ---
            job: a
            index_column: id
            vars: {ds: monday}
            fields: [{generator: sql_iterator, sql: "SELECT id, '{{ ds }}' AS day FROM a"}]
            ---
            job: b
            index_column: id
            vars: {ds: tuesday}
            fields: [{generator: sql_iterator, sql: "SELECT id, '{{ ds }}' AS day FROM b"}]
            ---
            steps:
            - step_type: nostos-v2
              job_name: c
              index_column: id
              fields: [{generator: sql_iterator, sql: "SELECT id, day FROM c"}]
            ---
            """
        let jobs = try JobFile.parse(text, path: "a.yml", environment: [:]).jobs
        #expect(jobs.map(\.name) == ["a", "b", "c"])
        #expect(jobs.map(\.vars) == [["ds": "monday"], ["ds": "tuesday"], [:]])
        #expect(jobs.map(\.form) == [.full, .full, .dataduct])
    }

    @Test func documentsShareNeitherVariablesNorAnchorsNorNames() throws {
        let text = """
            job: a
            index_column: &key id
            vars: {ds: monday}
            fields: [{generator: sql_iterator, sql: SELECT id FROM a}]
            ---
            job: a
            index_column: *key
            fields: [{generator: sql_iterator, sql: "SELECT id, '{{ ds }}' AS day FROM b"}]
            """
        let failure = try #require(throws: JobFileErrors.self) {
            try JobFile.parse(text, path: "a.yml", environment: [:])
        }
        #expect(
            failure.errors.map(\.description) == [
                """
                a.yml:6:1: found a second job "a", expected another name than that of line 1
                """,
                "a.yml:7:15: found the alias *key, expected an anchor of that name before it",
                """
                a.yml:8:54: found the unknown variable "ds", expected a variable of vars or --var \
                (write {{ '{{' }} for two braces)
                """,
            ])
    }
}
