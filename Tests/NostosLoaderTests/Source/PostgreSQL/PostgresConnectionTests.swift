import Nostos
import NostosLoader
import SystemPackage
import TestSupport
import Testing

/// Connecting, losing the connection, and keeping the password.
@Suite(.timeLimit(.minutes(10))) struct PostgresConnectionTests {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared()
    }

    private func reason(_ conninfo: String) -> String {
        let source = PostgresSource(name: "warehouse", conninfo: conninfo)
        guard case .unavailable("warehouse", let reason)? = failure(source, "SELECT 1") else {
            return "not unavailable"
        }
        return reason
    }

    @Test func bothFormsOfConnectionStringConnect() throws {
        let strings = [
            server.url(),
            "host=127.0.0.1 port=\(server.port) dbname=postgres user=\(PostgresServer.user) "
                + "password='\(server.password)'",
            "host=\(server.socketDirectory) port=\(server.port) dbname=postgres "
                + "user=\(PostgresServer.user)",
        ]
        for conninfo in strings {
            let source = PostgresSource(name: "warehouse", conninfo: conninfo)
            #expect(try readRow(source, "SELECT current_user") == [#"string:"nostos""#])
        }
    }

    @Test func aWrongPasswordIsInNoMessage() {
        for password in ["hunter2-wrong", "pass%20word%2Fx", "nostos-x"] {
            let reason = reason(server.url(password: password))
            #expect(reason.contains("password authentication failed for user"))
            #expect(!reason.contains(password))
        }
        // A password that libpq's message does contain, as the user's name.
        let masked = reason(server.url(password: PostgresServer.user))
        #expect(masked.contains(#"password authentication failed for user "***""#))
    }

    @Test(arguments: [
        "postgresql://u:sec/ret@127.0.0.1/db", "postgresql://u:sec@ret@127.0.0.1/db",
        "postgresql://u:sec:ret@127.0.0.1:x/db", "postgresql://u:secret%@127.0.0.1/db",
        "host=127.0.0.1 password='secret", "secret", "password=secret hots=x",
        "postgresql://u:pw@127.0.0.1/db?secret=1", "password=x\0secret",
    ])
    func aStringThatIsMalformedIsNotQuoted(conninfo: String) {
        let reason = reason(conninfo)
        #expect(reason.hasPrefix("malformed connection string"))
        #expect(!reason.contains("sec") && !reason.contains("ret@") && !reason.contains("hots"))
    }

    @Test func aPortWhereNobodyListensIsUnavailable() {
        #expect(reason("postgresql://u:secret@127.0.0.1:1/db").contains("Connection refused"))
    }

    @Test func aServerThatStartsLateIsWaitedFor() throws {
        // Nothing listens in the directory until it is a link to the server's own.
        try withTemporaryDirectory { directory in
            let link = directory.appending("late").string
            try runProgram(
                "/bin/sh",
                ["-c", "(sleep 0.25; ln -s \(server.socketDirectory) \(link)) >/dev/null 2>&1 &"],
                input: "")
            let source = PostgresSource(
                name: "warehouse",
                conninfo: "host=\(link) port=\(server.port) user=nostos dbname=postgres")
            #expect(try readRow(source, "SELECT 1") == ["int64:1"])
        }
    }

    @Test func aDatabaseThatIsNotThereIsUnavailable() {
        #expect(
            reason(server.url(database: "missing"))
                .contains(#"database "missing" does not exist"#))
    }

    /// More than the sockets' buffers hold, so that the server is still sending.
    private static let longQuery = """
        SELECT i, repeat('x', 1000) FROM generate_series(1, 1000000) AS i
        """

    @Test(arguments: dialects)
    func aConnectionThatTheServerEndsIsInterrupted(dialect: PostgresSource.Dialect) throws {
        let name = "ended_\(dialect)"
        try server.createDatabase(named: name)
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url(database: name), dialect: dialect)
        let cursor = try source.open(query: Self.longQuery)
        try expectInterruption(of: cursor) {
            try server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(name)'")
        }
    }

    @Test(arguments: dialects)
    func aServerThatIsKilledIsAnInterruption(dialect: PostgresSource.Dialect) throws {
        let server = try PostgresServer()
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url(), dialect: dialect)
        let cursor = try source.open(query: Self.longQuery)
        try expectInterruption(of: cursor) {
            let pid = try server.execute(
                "SELECT pid FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 10%' "
                    + "AND pid <> pg_backend_pid()")
            try runProgram(
                "/usr/bin/env", ["kill", "-9"] + pid.split(separator: "\n").map(String.init),
                input: "")
        }
    }

    private func expectInterruption(
        of cursor: any RowCursor, by harm: () throws -> Void
    ) throws {
        var row = Row()
        var count = 0
        for _ in 0..<10 where try cursor.next(into: &row) { count += 1 }
        try harm()
        let error = #expect(throws: SourceError.self) {
            while try cursor.next(into: &row) { count += 1 }
        }
        guard case .interrupted("warehouse", let rows, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(rows == count && count >= 10 && count < 1_000_000)
        #expect(!reason.isEmpty && !reason.contains(server.password))
        #expect(try cursor.next(into: &row) == false)
    }

    @Test(arguments: dialects)
    func aReleasedCursorEndsItsQuery(dialect: PostgresSource.Dialect) throws {
        let name = "released_\(dialect)"
        try server.createDatabase(named: name)
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url(database: name), dialect: dialect)
        do {
            // Rows that fill the server's buffer, and then silence: nothing but a cancellation
            // ends this query soon.
            let cursor = try source.open(
                query: """
                    SELECT repeat('x', 20000), CASE WHEN i > 2 THEN pg_sleep(60)::text END
                    FROM generate_series(1, 3) AS i
                    """)
            var row = Row()
            #expect(try cursor.next(into: &row))
        }
        // DROP waits up to 5 seconds for the last session to go, and then fails.
        try server.execute("DROP DATABASE \(name)")
    }
}
