import Nostos
import NostosLoader
import TestSupport
import Testing

/// Several queries over one connection to PostgreSQL.
@Suite(.timeLimit(.minutes(10))) struct PostgresSessionTests {
    private let server: PostgresServer
    private let database = "session_\(UInt32.random(in: 0 ... .max))"

    init() throws {
        server = try PostgresServer.shared()
        try server.createDatabase(named: database)
        try server.execute(
            "CREATE TABLE t (id int, v int); INSERT INTO t SELECT g, 1 FROM generate_series(1, 9) g",
            database: database)
    }

    private func session(
        _ dialect: PostgresSource.Dialect = .postgresql, parameters: String = "",
        timeout: Duration? = nil
    ) -> any SourceSession {
        PostgresSource(
            name: "w", conninfo: server.url(database: database) + parameters, dialect: dialect,
            statementTimeout: timeout
        ).session()
    }

    private func sum(_ session: any SourceSession) throws -> [[String]] {
        try readRows(try session.open(query: "SELECT sum(v)::int8 AS s FROM t"))
    }

    @Test func allQueriesSeeTheStateOfTheFirst() throws {
        let session = session()
        #expect(try session.columns(of: "SELECT id FROM t").map(\.name) == ["id"])
        try server.execute("UPDATE t SET v = 2", database: database)
        #expect(try sum(session) == [["int64:9"]])
        try server.execute("UPDATE t SET v = 3", database: database)
        #expect(try sum(session) == [["int64:9"]])
        session.rest()
        #expect(try sum(session) == [["int64:27"]])
    }

    @Test(arguments: dialects)
    func queriesFollowOneAnotherOnOneConnection(dialect: PostgresSource.Dialect) throws {
        let session = session(dialect, parameters: "?application_name=\(database)")
        for _ in 0..<3 {
            #expect(try readRows(try session.open(query: "SELECT id FROM t")).count == 9)
            let part = QueryPart.rows(of: [[.int64(3)]], in: [0])
            #expect(
                try readRows(try session.open(query: "SELECT id, v FROM t", part: part)).count == 1)
            #expect(try session.columns(of: "SELECT v FROM t").count == 1)
        }
        let count = try server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(database)'")
        #expect(count.hasPrefix("1\n"))
    }

    /// A preview reads the first rows only.
    @Test(arguments: dialects)
    func aQueryThatIsNotReadToItsEndMakesWayForTheNext(dialect: PostgresSource.Dialect) throws {
        let session = session(dialect)
        var row = Row()
        let first = try session.open(query: "SELECT g FROM generate_series(1, 100000) g")
        #expect(try first.next(into: &row))
        #expect(try sum(session) == [["int64:9"]])
        let second = try session.open(query: "SELECT g FROM generate_series(1, 100000) g")
        #expect(try second.next(into: &row))
        session.rest()
        #expect(try sum(session) == [["int64:9"]])
    }

    @Test func anErrorOfOneQueryIsNotTheNextOnes() throws {
        let session = session()
        for query in ["SELECT nope FROM t", "SELECT 1 / (v - 1) FROM t"] {
            #expect(throws: SourceError.self) { try readRows(try session.open(query: query)) }
            #expect(try sum(session) == [["int64:9"]])
        }
    }

    @Test func aConnectionThatBrokeWhileItRestedIsMadeAgain() throws {
        let session = session(parameters: "?application_name=rest_\(database)")
        #expect(try sum(session) == [["int64:9"]])
        session.rest()
        let killed = try server.execute(
            """
            SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
            WHERE application_name = 'rest_\(database)'
            """)
        #expect(killed.hasPrefix("1\n"))
        #expect(try sum(session) == [["int64:9"]])
    }

    /// The role's limits of idle transactions are for programs that forget theirs.
    @Test func aTransactionMayWaitLongerThanIdleOnesOfItsRole() throws {
        let limits = "?options=-c%20idle_in_transaction_session_timeout%3D50ms"
        let session = session(parameters: limits)
        #expect(try sum(session) == [["int64:9"]])
        // Another connection waits for ten times that limit.
        try server.execute("SELECT pg_sleep(0.5)", database: database)
        #expect(try sum(session) == [["int64:9"]])
    }

    @Test func everyQueryHasItsStatementTimeout() throws {
        let session = session(timeout: .milliseconds(200))
        #expect(throws: SourceError.self) {
            try readRows(try session.open(query: "SELECT pg_sleep(30)"))
        }
        for _ in 0..<3 {
            #expect(try readRows(try session.open(query: "SELECT pg_sleep(0.1)")).count == 1)
        }
    }

    @Test func aRoleWithOneConnectionIsEnough() throws {
        let role = "one_\(UInt32.random(in: 0 ... .max))"
        try server.execute(
            """
            CREATE ROLE \(role) LOGIN PASSWORD 'x' CONNECTION LIMIT 1;
            ALTER ROLE \(role) SET default_transaction_isolation = 'serializable';
            GRANT SELECT ON t TO \(role)
            """, database: database)
        let url = "postgresql://\(role):x@127.0.0.1:\(server.port)/\(database)"
        let session = PostgresSource(name: "w", conninfo: url).session()
        for _ in 0..<3 {
            #expect(try session.columns(of: "SELECT id FROM t").count == 1)
            #expect(try sum(session) == [["int64:9"]])
            session.rest()
        }
    }
}
