import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Redshift's ways against a server that has no COPY and no cursors; limits of statements.
@Suite(.timeLimit(.minutes(10))) struct RedshiftTests {
    private let server: PostgresServer

    init() throws { server = try PostgresServer.shared() }

    @Test func rowsComeWithoutCopyAndCursors() throws {
        let proxy = try ServerProxy(.copyless, before: server)
        let query =
            "SELECT i AS id, i * 0.5 AS x, 'name ' || i AS name FROM generate_series(1, 50000) AS i"
        let redshift = PostgresSource(
            name: "warehouse", conninfo: proxy.url, dialect: .redshift)
        let rows = try readRows(redshift, query)
        #expect(rows.count == 50_000)
        #expect(rows.last == ["int64:50000", "int64:25000", #"string:"name 50000""#])
        withExtendedLifetime(proxy) {}
    }

    /// The test above could fail: the other driver is refused there.
    @Test func copyIsRefusedThere() throws {
        let proxy = try ServerProxy(.copyless, before: server)
        let error = failure(
            PostgresSource(name: "warehouse", conninfo: proxy.url), "SELECT 1 AS id")
        #expect("\(String(describing: error))".contains("COPY and cursors are switched off"))
        withExtendedLifetime(proxy) {}
    }

    @Test(arguments: dialects)
    func aStatementEndsWithItsTimeout(dialect: PostgresSource.Dialect) throws {
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url(), dialect: dialect,
            statementTimeout: .milliseconds(200))
        #expect(
            try readRow(source, "SELECT current_setting('statement_timeout')") == [
                #"string:"200ms""#
            ])
        let error = failure(source, "SELECT 1 AS id, pg_sleep(60)::text AS a")
        #expect("\(String(describing: error))".contains("statement timeout"))
    }

    @Test func libpqsOptionsSetTheTimeoutToo() throws {
        let source = PostgresSource(
            name: "warehouse", conninfo: server.url() + "?options=-c%20statement_timeout%3D300")
        #expect(
            try readRow(source, "SELECT current_setting('statement_timeout')")
                == [#"string:"300ms""#])
    }
}
