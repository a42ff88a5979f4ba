import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct ConnectionsTests {
    private func parse(
        _ text: String, environment: [String: String] = [:]
    ) throws(JobFileErrors) -> Connections {
        try Connections.parse(text, path: "conf/connections.yml", environment: environment)
    }

    private func messages(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            return []
        } catch {
            return error.errors.map { $0.description.replacing("conf/connections.yml:", with: "") }
        }
    }

    @Test func theExampleIsRead() throws {
        let connections = try parse(
            """
            warehouse: {type: postgresql, url: "{{ env_var('WAREHOUSE_URL') }}"}
            local:     {type: sqlite, path: data/app.db}
            """, environment: ["WAREHOUSE_URL": "postgresql://u:hunter2@h/d"])
        #expect(connections.names == ["local", "warehouse"])
        let warehouse = try connections.resolve("warehouse")
        #expect(warehouse.kind == .postgresql(conninfo: Secret("postgresql://u:hunter2@h/d")))
        #expect(try connections.resolve("local").kind == .sqlite(path: "conf/data/app.db"))
        #expect(connections.secrets.mask("password hunter2 wrong") == "password *** wrong")
        var dumped = "\(warehouse) \(connections) "
        dump(warehouse, to: &dumped)
        dump(connections, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test func thePartsOfAServerMakeItsConnectionString() throws {
        let connections = try parse(
            """
            red:
              type: redshift
              host: h.example.com
              port: 5439
              database: d
              user: it's me
              password: "a\\\\'b"
              sslmode: verify-full
            """)
        guard case .redshift(let conninfo) = try connections.resolve(nil).kind else {
            Issue.record("no cluster")
            return
        }
        #expect(
            conninfo.revealed
                == #"host='h.example.com' port='5439' dbname='d' user='it\'s me' password='a\\\'b' "#
                + "sslmode='verify-full'")
        #expect(connections.secrets.mask(#"(a\'b) (a\\\'b)"#) == "(***) (***)")
    }

    @Test func aServersStatementsMayHaveATimeout() throws {
        let connections = try parse(
            "a: {type: redshift, url: \"postgresql://u@h/d\", statement_timeout: 10m}\n"
                + "b: {type: postgresql, host: h}\n")
        #expect(try connections.resolve("a").statementTimeout == .seconds(600))
        #expect(try connections.resolve("b").statementTimeout == nil)
    }

    @Test func absolutePathsStay() throws {
        let connections = try parse("a: {type: sqlite, path: /data/app.db}\n")
        #expect(try connections.resolve("a").kind == .sqlite(path: "/data/app.db"))
    }

    @Test(arguments: [
        ("postgresql://u:p1@h/d", ["p1"]), ("postgres://u:p%40%2F1@h/d", ["p%40%2F1", "p@/1"]),
        ("postgresql://h/d?user=u&password=p2&sslmode=require", ["p2"]),
        ("postgresql://u:p@x:y@h/d?sslpassword=z%20z", ["p", "p@x:y", "z z"]),
        ("postgresql://u:%zz%4@h/d", ["%zz%4"]),
    ])
    func passwordsInURLsAreSecrets(url: String, secrets: [String]) throws {
        let found = try parse("a: {type: postgresql, url: \"\(url)\"}\n").secrets
        for secret in secrets + [url] {
            #expect(found.mask("password='\(secret)'") == "password='***'")
        }
    }

    @Test func aURLWithoutPasswordHasNone() {
        #expect(passwords(inURL: "postgresql://u@h/d?sslmode=require") == [])
        #expect(passwords(inURL: "") == [])
        #expect(passwords(inURL: "//:@") == [])
    }

    @Test func theNamedOneThenTheDefaultThenTheOnlyOneIsMeant() throws {
        let one = "a: {type: sqlite, path: a.db}\n"
        let two = one + "b: {type: sqlite, path: b.db}\n"
        let withDefault = two + "default: {type: sqlite, path: d.db}\n"
        #expect(try parse(one).resolve(nil).name == "a")
        #expect(try parse(withDefault).resolve(nil).name == "default")
        #expect(try parse(withDefault).resolve("b").name == "b")
        let ambiguous = #expect(throws: ConnectionError.self) { try parse(two).resolve(nil) }
        #expect(
            ambiguous?.description
                == "found no connection's name and several in conf/connections.yml, "
                + "expected connection: a or b in the job, or one called default")
        let unknown = #expect(throws: ConnectionError.self) {
            try parse(withDefault).resolve("defualt")
        }
        #expect(
            unknown?.description
                == "found the unknown connection \"defualt\", expected a, b or default of "
                + "conf/connections.yml; did you mean \"default\"?")
        let none = #expect(throws: ConnectionError.self) { try parse("# none\n").resolve(nil) }
        #expect(
            none?.description
                == "found no connections, expected at least one in conf/connections.yml")
    }

    @Test func aGeneratorsConnectionComesBeforeItsJobs() throws {
        let connections = try parse(
            "a: {type: sqlite, path: a.db}\nb: {type: sqlite, path: b.db}\n")
        let text =
            "job: j\nindex_column: id\nconnection: a\nfields:\n"
            + "- {generator: sql_iterator, sql: SELECT 1}\n"
            + "- {generator: sql_iterator, sql: SELECT 1, connection: b}\n"
        let job = try JobFile.parse(text, path: "j.yml", environment: [:]).jobs[0]
        let names = try job.generators.map { try connections.resolve($0, of: job).name }
        #expect(names == ["a", "b"])
    }

    @Test func anUnsetVariableSpoilsItsOwnConnectionOnly() throws {
        let connections = try parse(
            "a: {type: postgresql, url: \"{{ env_var('NOWHERE') }}\"}\n"
                + "b: {type: sqlite, path: \"{{ env_var('NOWHERE', 'b.db') }}\"}\n")
        #expect(try connections.resolve("b").kind == .sqlite(path: "conf/b.db"))
        let error = #expect(throws: ConnectionError.self) { try connections.resolve("a") }
        #expect(
            error?.description
                == "conf/connections.yml:1:29: found no environment variable NOWHERE, "
                + "expected it to be set, or env_var('NOWHERE', 'default')")
    }

    @Test func everyProblemIsNamedWithItsPlace() {
        let found = messages(
            """
            a: {type: postgress, url: x}
            b: {url: x}
            c: {type: sqlite, url: x}
            d: {type: postgresql, url: "postgresql://h", host: h}
            e: {type: postgresql, port: 99999, hots: h}
            f: {type: redshift, url: "mysql://u:hunter2@h"}
            "g h": {type: sqlite, path: ":memory:"}
            h: sqlite
            i: {type: postgresql}
            j: {type: sqlite, path: "{{ name }}"}
            """)
        #expect(
            found == [
                "1:11: found \"postgress\", expected postgresql, redshift or sqlite; "
                    + "did you mean \"postgresql\"?",
                "2:4: found a connection without \"type\", expected \"type\"",
                "3:4: found a connection without \"path\", expected \"path\"",
                "3:19: found the unknown key \"url\" in a connection, expected type or path",
                "4:46: found both \"url\" and \"host\", expected a url, or its parts",
                "5:29: found no port, expected a number from 1 to 65535",
                "5:36: found the unknown key \"hots\" in a connection, expected type, url, host, "
                    + "port, database, user, password, sslmode, sslrootcert or statement_timeout; "
                    + "did you mean \"host\"?",
                "6:26: found a url of another kind, expected postgresql://user@host/database",
                "7:1: found a connection's name with other characters, "
                    + "expected letters, digits, _ and -, at most 63",
                "7:29: found a special name, expected a path",
                "8:4: found text, expected a connection: a mapping",
                "9:4: found a connection without \"url\", "
                    + "expected url, or host, port, database, user, password",
                "10:26: found the unknown variable \"name\", expected a variable of vars or --var"
                    + " (write {{ '{{' }} for two braces)",
            ])
    }

    /// Whatever is wrong with the file, what it says is not shown.
    @Test(arguments: [
        "a: {type: postgresql, password: hunter2: x}\n",
        "a: {type: postgresql, password: [hunter2]}\n",
        "hunter2\n", "- hunter2\n", "a: hunter2\n", "a: {type: sqlite, path: !hunter2 x}\n",
        "a: {type: sqlite, path: *hunter2}\n", "a: {type: sqlite, path: %hunter2}\n",
        "a: {type: postgresql, url: hunter2}\n", "a: {type: postgresql, password: \"hunter2\n",
        "a: {type: postgresql, url: \"{{ env_var('X', 'hunter2' }}\"}\n",
        "a: {type: postgresql, url: \"{{ hunter2! }}\"}\n", "a: {type: hunter2}\n",
        "a: {type: postgresql, port: hunter2}\n", "? [hunter2]\n: x\n",
        "a: {type: postgresql, password: \"hunter2\\0\"}\n", "a:\n\thunter2\n",
    ])
    func noMessageShowsWhatTheFileSays(text: String) throws {
        let errors = try #require(throws: JobFileErrors.self) { try parse(text) }
        #expect(!errors.errors.isEmpty)
        #expect(!errors.description.contains("hunter2"), "\(errors)")
    }

    @Test func theFileBesideTheJobMayBeMissingAndANamedOneMayNot() throws {
        try withTemporaryDirectory { directory in
            let job = directory.appending("job.yml")
            #expect(try Connections.load(for: job, environment: [:]).names.isEmpty)
            let named = directory.appending("other.yml")
            let errors = #expect(throws: JobFileErrors.self) {
                try Connections.load(for: job, file: named, environment: [:])
            }
            #expect(errors?.cause == .noSuchFileOrDirectory)
            try write(
                "a: {type: sqlite, path: a.db}\n", to: directory.appending("connections.yml"))
            let found = try Connections.load(for: job, environment: [:])
            #expect(try found.resolve(nil).kind == .sqlite(path: directory.appending("a.db")))
        }
    }

    /// Messages are not to be masked by passwords that cannot stand in them.
    @Test func aJobsMaskKnowsTheSecretsOfItsOwnConnectionsOnly() throws {
        let environment = ["A": "secret-of-a1", "B": "secret-of-b1", "C": "secret-of-c1"]
        let connections = try Connections.parse(
            """
            a: {type: postgresql, host: h, database: d, user: u, password: "{{ env_var('A') }}"}
            b: {type: postgresql, url: "postgresql://u:{{ env_var('B') }}@h/d"}
            c: {type: redshift, host: h, database: d, user: u, password: "{{ env_var('C') }}"}
            d: {type: postgresql, host: h, database: d, user: u, password: "{{ env_var('D') }}"}
            """, path: "connections.yml", environment: environment)
        let job = try JobFile.parse(
            """
            job: j
            index_column: id
            connection: a
            fields:
            - {generator: sql_iterator, sql: "SELECT id, v FROM t"}
            - {generator: command, command: [x, "{{ env_var('E') }}"]}
            checks:
            - count_check: {source_sql: "SELECT 1", connection: b}
            """, path: "j.yml", environment: ["E": "secret-of-e1"]
        ).jobs[0]
        let text = "secret-of-a1 secret-of-b1 secret-of-c1 secret-of-e1"
        let mask = connections.mask(of: job)
        #expect(mask.mask(text) == "*** *** secret-of-c1 ***")
        #expect(mask.mask("postgresql://u:secret-of-b1@h/d") == "***")
    }
}
