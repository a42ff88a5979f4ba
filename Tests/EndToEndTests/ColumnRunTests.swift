import Foundation
import SystemPackage
import TestSupport
import Testing

/// Runs over files, programs and SQLite whose columns the job states, or leaves to a guess.
@Suite(.timeLimit(.minutes(10))) struct ColumnRunTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private func job(_ generators: String, _ rest: String = "") throws {
        try write("job: x\nindex_column: id\n\(rest)\nfields:\n\(generators)\n", "x.yml")
    }

    @Test func twoFilesWithOneNameAndOtherKeysBecomeOneTable() throws {
        try write("id;updated;x\n1;2026-01-31;NA\n2;NA;5.0\n", "a.csv")
        try write("{\"user\":1,\"updated\":7,\"junk\":{}}\n", "b.jsonl")
        try job(
            """
            - generator: file
              path: a.csv
              delimiter: ";"
              null: NA
              columns: {updated: {as: a_updated, type: timestamp}, x: {type: int64}}
            - generator: file
              path: b.jsonl
              only: [updated]
              columns: {user: {as: id}}
            - generator: command
              command: [printf, 'id|tags\\n2|a,b\\n']
              format: csv
              delimiter: "|"
              columns: {tags: {split: ",", as: t}}
            """)
        let run = try nostos.run("run", "x.yml")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            try nostos.run("get", "x", "1", "2").output == """
                1  {"a_updated":"2026-01-31T00:00:00Z","x":null,"updated":7,"t":null}
                2  {"a_updated":null,"x":5,"updated":null,"t":["a","b"]}

                """)
    }

    @Test func aGuessIsReportedAndRecorded() throws {
        try write("id,v\n1,5\n2,6\n3,x7\n", "a.csv")
        try job("- {generator: file, path: a.csv}")
        let words = ["a.csv: line 4, column \"v\": found \"x7\" among numbers", "type: number"]
        let preview = try nostos.run("preview", "x.yml")
        let run = try nostos.run("run", "x.yml")
        #expect(run.status == 0 && preview.status == 0)
        let runs = try nostos.run("runs", "-o", "json").output.replacing("\\\"", with: "\"")
        for word in words {
            #expect(run.errors.contains(word), "\(run.errors)")
            #expect(preview.errors.contains(word), "\(preview.errors)")
            #expect(runs.contains(word), "\(runs)")
        }
    }

    /// A file of a header alone says nothing of the key: its type stays, beside other files too.
    @Test func aHeaderAloneKeepsTheKeysType() throws {
        try write("id,v\n1,5\n", "a.csv")
        try write("id,w\n", "b.csv")
        try job("- {generator: file, path: a.csv}\n- {generator: file, path: b.csv}")
        let run = try nostos.run("run", "x.yml")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try nostos.run("get", "x", "1").output == "1  {\"v\":5,\"w\":null}\n")
    }

    @Test func sqliteReadsWhatTheJobStatesAndRefusesTheRest() throws {
        try SQLiteFixture.execute(
            """
            CREATE TABLE t(id INTEGER, doc TEXT, at DATETIME);
            INSERT INTO t VALUES (1, '{"a": 1}', '2026-01-31 08:05'), (2, NULL, 'soon');
            """, at: directory.file("app.db"))
        try write("local: {type: sqlite, path: app.db}\n", "connections.yml")
        try job(
            """
            - generator: sql_iterator
              sql: SELECT id, doc, id = 1 AS first, at FROM t WHERE id = 1
              columns: {doc: {type: json}, first: {type: bool}}
            """)
        let run = try nostos.run("run", "x.yml")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            try nostos.run("get", "x", "1").output
                == #"1  {"doc":{"a":1},"first":true,"at":"2026-01-31T08:05:00Z"}"# + "\n")
        let preview = try nostos.run("preview", "x.yml", "--key", "1")
        #expect(preview.output.contains(#""doc":{"a":1}"#), "\(preview.errors)")
        try job("- {generator: sql_iterator, sql: \"SELECT id, at FROM t\"}")
        let refused = try nostos.run("run", "x.yml")
        #expect(refused.status == 65)
        for word in ["row 2, key 2", "\"at\"", "\"soon\"", "{type: string}"] {
            #expect(refused.errors.contains(word), "\(refused.errors)")
        }
    }

    @Test func aMissingFileIsSaidToBeBesideTheJob() throws {
        try job("- {generator: file, path: out/none.csv}")
        #expect(try nostos.run("run", "x.yml").errors.contains("relative to the job file"))
    }
}
