import Foundation
import SystemPackage
import TestSupport
import Testing

/// The values that rows become, as a data scientist sees them: job files over real SQLite and
/// PostgreSQL.
@Suite(.timeLimit(.minutes(10))) struct SemanticsTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    /// Writes a job over a new SQLite database and runs it.
    private func run(_ job: String, sql: String) throws -> NostosProgram.Result {
        try SQLiteFixture.execute(sql, at: directory.file("app.db"))
        try "app: {type: sqlite, path: app.db}\n".write(
            toFile: directory.file("connections.yml").string, atomically: true, encoding: .utf8)
        try job.write(
            toFile: directory.file("job.yml").string, atomically: true, encoding: .utf8)
        return try nostos.run("run", "job.yml")
    }

    private static let courses = """
        CREATE TABLE progress (user_id INTEGER, lang TEXT, done REAL);
        INSERT INTO progress VALUES
            (42, 'en', 0.5), (42, 'a,b', 1), (42, 'pt', NULL), (7, 'en', 0.25), (43, 'en', 1);
        CREATE TABLE badges (user_id INTEGER, lang TEXT, badge TEXT);
        INSERT INTO badges VALUES (42, 'en', 'gold'), (42, 'en', 'gold'), (9, 'x', 'tin');
        """

    private static let compositeJob = """
        job: progress
        index_column: [user_id, lang]
        key_type: [int64, string]
        fields:
        - generator: sql_iterator
          sql: SELECT user_id, lang, done FROM progress
        - generator: sql_iterator
          is_set: true
          sql: SELECT badge AS badges, lang, user_id FROM badges

        """

    @Test func aKeyOfTwoColumnsIsReadByCommandLineAndREST() throws {
        let run = try run(Self.compositeJob, sql: Self.courses)
        #expect(run.status == 0, "\(run.errors)")
        let get = try nostos.run("get", "progress", "42,en", "42,a%2Cb", "9,x")
        #expect(
            get.output == """
                [42,"en"]  {"done":0.5,"badges":["gold"]}
                [42,"a,b"]  {"done":1,"badges":[]}
                [9,"x"]  {"done":null,"badges":["tin"]}

                """)
        let none = try nostos.run("get", "progress", "42,fr")
        #expect(none.status == 3 && none.errors == "no key [42,\"fr\"] in progress@1\n")
        let one = try nostos.run("get", "progress", "42")
        #expect(one.status == 65 && one.errors.contains("found 1 parts, expected 2"))

        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        let answer = try client.get("/v1/jobs/progress/keys/42,a%2Cb")
        #expect(answer.text == #"{"key":[42,"a,b"],"version":1,"values":{"done":1,"badges":[]}}"#)
        let body = Data(#"{"keys":[[42,"en"],[42,"fr"]],"fields":["done"]}"#.utf8)
        let batch = try client.post("/v1/jobs/progress/lookup", body)
        #expect(
            batch.text.hasSuffix(
                #""results":[{"key":[42,"en"],"found":true,"values":{"done":0.5}},"#
                    + #"{"key":[42,"fr"],"found":false}]}"#))
        #expect(try client.get("/v1/jobs/progress/keys/42").status == 400)
        #expect(try client.get("/v1/jobs/progress/keys/en,42").status == 400)
    }

    @Test func aKeyOfTwoColumnsIsScannedByItsFirstParts() throws {
        #expect(try run(Self.compositeJob, sql: Self.courses).status == 0)
        func keys(_ options: String...) throws -> [String] {
            let (process, output, _) = try nostos.start(["scan", "progress"] + options)
            let text = String(decoding: try output.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            return text.split(separator: "\n").map { line in
                String(line.dropFirst(7).prefix { $0 != "]" }) + "]"
            }
        }
        let all = [
            #"[7,"en"]"#, #"[9,"x"]"#, #"[42,"a,b"]"#, #"[42,"en"]"#, #"[42,"pt"]"#, #"[43,"en"]"#,
        ]
        #expect(try keys() == all)
        #expect(try keys("--prefix", "42") == Array(all[2...4]))
        #expect(try keys("--prefix", "42,e") == [all[3]])
        #expect(try keys("--from", "9", "--to", "43") == Array(all[1...4]))
        #expect(try keys("--from", "42,b", "--to", "42,pt") == [all[3]])
    }

    @Test func keyTypesAreCheckedColumnByColumn() throws {
        let run = try run(
            Self.compositeJob.replacing("[int64, string]", with: "[int64, int64]"),
            sql: Self.courses)
        #expect(run.status == 65)
        #expect(
            run.errors.contains(
                "index column \"lang\" is int64 in key_type and string in done; say key_type: string"
            ),
            "\(run.errors)")
    }

    @Test func allAggregatesAndConstantsOfEvents() throws {
        let aggregates = ["set", "list", "count", "sum", "min", "max", "first", "last"]
        let generators = aggregates.map { name in
            """
            - generator: sql_iterator
              aggregate: \(name)
              \(name == "set" || name == "list" ? "limit_per_key: 3" : "")
              sql: SELECT user_id, amount AS amount_\(name) FROM events ORDER BY at

            """
        }
        let run = try run(
            """
            job: spend
            index_column: user_id
            fields:
            - generator: sql_iterator
              sql: SELECT id AS user_id, name FROM users
            \(generators.joined())
            - generator: constant
              values: {model: ranker-7, weight: 0.5}

            """,
            sql: """
                CREATE TABLE users (id INTEGER, name TEXT);
                INSERT INTO users VALUES (1, 'ann'), (2, 'bob');
                CREATE TABLE events (user_id INTEGER, at INTEGER, amount REAL);
                INSERT INTO events VALUES (1, 3, 0.2), (1, 1, 0.1), (1, 2, NULL), (1, 4, 0.1);
                """)
        #expect(run.status == 0, "\(run.errors)")
        let get = try nostos.run("get", "spend", "1", "2")
        #expect(
            get.output == """
                1  {"name":"ann","amount_set":[0.1,0.2],"amount_list":[0.1,null,0.2],"amount_count":3,\
                "amount_sum":0.4,"amount_min":0.1,"amount_max":0.2,"amount_first":0.1,\
                "amount_last":0.1,"model":"ranker-7","weight":0.5}
                2  {"name":"bob","amount_set":[],"amount_list":[],"amount_count":0,"amount_sum":null,\
                "amount_min":null,"amount_max":null,"amount_first":null,"amount_last":null,\
                "model":"ranker-7","weight":0.5}

                """)
    }

    @Test func theProofOfCompletenessIsKeptAndShown() throws {
        let job = """
            job: spend
            index_column: id
            on_duplicate: first
            join: first
            fields:
            - generator: sql_iterator
              sql: SELECT id, name FROM users
            - generator: sql_iterator
              is_set: true
              sql: SELECT id, tag FROM tags

            """
        let run = try run(
            job,
            sql: """
                CREATE TABLE users (id INTEGER, name TEXT);
                INSERT INTO users VALUES (1, 'ann'), (2, 'bob'), (2, 'ben');
                CREATE TABLE tags (id INTEGER, tag TEXT);
                INSERT INTO tags VALUES (1, 'a'), (1, 'b'), (9, 'c');
                """)
        #expect(run.status == 0, "\(run.errors)")
        let show = try nostos.run("show", "spend")
        #expect(
            show.output.hasSuffix(
                """
                proof      name: 3 rows read, 3 merged, of which 1 repeat a key
                proof      tag: 3 rows read, 3 merged, of which 1 have no key in the first generator
                proof      2 keys merged, 2 written, 2 read back

                """), "\(show.output)")
        let json = try nostos.run("show", "spend", "-o", "json").output
        #expect(json.contains(#""keys_read_back" : 2"#), "\(json)")
    }

    @Test func aBrokenContractFailsTheRunAndNamesItsPlace() throws {
        let job = """
            job: profile
            index_column: id
            fields:
            - generator: sql_iterator
              sql: SELECT id, lang FROM users
              columns: {lang: {type: string, not_null: true}}

            """
        let users =
            "CREATE TABLE users (id INTEGER, lang TEXT); INSERT INTO users VALUES (1, 'en'), "
        let null = try run(job, sql: users + "(5, NULL);")
        #expect(null.status == 65)
        #expect(
            null.errors.hasSuffix(
                "lang: row 2, key 5, column \"lang\": found NULL, expected a value, by not_null\n"),
            "\(null.errors)")
        let alias = try run(
            job.replacing("SELECT id,", with: "SELECT id AS user_id,"), sql: "SELECT 1;")
        #expect(
            alias.errors.hasSuffix(
                "user_id: no column \"id\"; there are \"user_id\", \"lang\"\n"),
            "\(alias.errors)")
        let column = try run(job.replacing("{lang:", with: "{language:"), sql: "SELECT 1;")
        #expect(
            column.errors.hasSuffix(
                "lang: a contract for \"language\", which is no column; there are \"id\", \"lang\"\n"
            ),
            "\(column.errors)")
        #expect(try nostos.run("get", "profile", "1").status != 0)
    }

    @Test func arraysOfPostgreSQLAreListsAndSumsOfBigintsOverflowLoudly() throws {
        let server = try PostgresServer.shared()
        let database = "semantics\(UInt32.random(in: 0 ... .max))"
        try server.createDatabase(named: database)
        try server.execute(
            """
            CREATE TABLE t (id BIGINT, tags TEXT[], scores FLOAT8[], n BIGINT);
            INSERT INTO t VALUES (1, '{b,a,NULL}', '{0.5,1}', 9223372036854775807),
                (2, NULL, '{}', 1), (2, '{x}', NULL, 9223372036854775807);
            """, database: database)
        try "w: {type: postgresql, url: \"\(server.url(database: database))\"}\n".write(
            toFile: directory.file("connections.yml").string, atomically: true, encoding: .utf8)
        func run(_ generator: String) throws -> NostosProgram.Result {
            try "job: arrays\nindex_column: id\nfields:\n- generator: sql_iterator\n\(generator)"
                .write(
                    toFile: directory.file("job.yml").string, atomically: true, encoding: .utf8)
            return try nostos.run("run", "job.yml")
        }
        let lists = try run("  aggregate: last\n  sql: SELECT id, tags, scores FROM t ORDER BY n\n")
        #expect(lists.status == 0, "\(lists.errors)")
        #expect(
            try nostos.run("get", "arrays", "1", "2").output == """
                1  {"tags":["b","a",null],"scores":[0.5,1]}
                2  {"tags":["x"],"scores":null}

                """)
        let sum = try run("  aggregate: sum\n  sql: SELECT id, n FROM t\n")
        #expect(sum.status == 65)
        #expect(
            sum.errors.contains("n: key 2: the sum \"n\" is 9223372036854775808, beyond the range"),
            "\(sum.errors)")
    }
}
