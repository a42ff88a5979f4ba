import Foundation
import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// All generators of a run that read one connection see one state of it, each when its turn comes.
@Suite(.timeLimit(.minutes(10))) struct OneStateTests {
    private static let script = """
        CREATE TABLE acc(id int, balance int); CREATE TABLE pay(id int, amount int);
        INSERT INTO acc VALUES (1, 100); INSERT INTO pay VALUES (1, 100);
        """
    private static let transfer = "UPDATE acc SET balance = 70; INSERT INTO pay VALUES (1, -30);"

    private func job(_ connection: String, _ last: String = "") -> String {
        """
        job: j
        index_column: id
        connection: \(connection)
        fields:
        - generator: sql_iterator
          sql: SELECT id, balance FROM acc
        - generator: command
          command: [echo, '{"id":1,"x":1}']
        - generator: sql_iterator
          aggregate: list
          sql: SELECT id, amount FROM pay
        \(last)
        """
    }

    private func balance(_ runs: JobRuns, _ version: Int) throws -> String {
        let table = try runs.table("j", version)
        var cursor = table.makeCursor()
        #expect(try cursor.next())
        var text: [UInt8] = []
        try cursor.appendJSON(table.select(["balance", "amount"]), into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    @Test func ofPostgreSQL() throws {
        let server = try PostgresServer.shared()
        let name = "state_\(UInt32.random(in: 0 ... .max))"
        try server.createDatabase(named: name)
        try server.execute(Self.script, database: name)
        let runs = try JobRuns()
        runs.onExtracted = { generator in
            guard generator == "balance" else { return }
            #expect(throws: Never.self) { try server.execute(Self.transfer, database: name) }
        }
        let checks = "checks: [{count_check: {source_sql: SELECT count(DISTINCT id) FROM pay}}]"
        for kind in ["postgresql", "redshift"] {
            let connections = "pg: {type: \(kind), url: \"\(server.url(database: name))\"}"
            try runs.run(job("pg", checks), connections: connections)
        }
        // The second run sees what the first one's transfer left.
        let (first, second) = (try balance(runs, 1), try balance(runs, 2))
        #expect(first.contains("100") && !first.contains("-30"), "\(first)")
        #expect(second.contains("70") && second.contains("[100,-30]"), "\(second)")
        #expect(runs.lines == ["count_check ok: 1 key, 1 in the source: 0.0 % apart (at most 1 %)"])
    }

    @Test func ofSQLite() throws {
        let runs = try JobRuns(Self.script + "PRAGMA journal_mode = WAL;")
        runs.onExtracted = { generator in
            guard generator == "balance" else { return }
            #expect(throws: Never.self) { try runs.execute(Self.transfer) }
        }
        try runs.run(job("local"))
        let first = try balance(runs, 1)
        #expect(first.contains("100") && !first.contains("-30"), "\(first)")
        try runs.run(job("local"))
        let second = try balance(runs, 2)
        #expect(second.contains("70") && second.contains("[100,-30]"), "\(second)")
    }

    /// Nothing waits in a transaction while a program runs, and none is open when it is not needed.
    @Test func noTransactionWaitsForAProgramThatHasNotBegun() throws {
        let server = try PostgresServer.shared()
        let name = "wait_\(UInt32.random(in: 0 ... .max))"
        try server.createDatabase(named: name)
        try server.execute(Self.script, database: name)
        let runs = try JobRuns()
        let count = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)'
            AND application_name = 'nostos' AND state <> 'idle'
            """
        var open: [String] = []
        runs.onExtracted = { generator in
            let said = (try? server.execute(count)) ?? "?"
            open.append("\(generator) \(said.prefix { !$0.isNewline })")
        }
        let text = """
            job: j
            index_column: id
            fields:
            - generator: command
              command: [echo, '{"id":1,"x":1}']
            - {generator: sql_iterator, connection: pg, sql: "SELECT id, balance FROM acc"}
            - {generator: sql_iterator, connection: pg, sql: "SELECT id, amount FROM pay"}
            - generator: sql_iterator
              connection: local
              sql: SELECT 1 AS id, 2 AS y
            """
        let url = server.url(database: name)
        try runs.run(text, connections: "pg: {type: postgresql, url: \"\(url)\"}")
        #expect(open == ["echo 0", "balance 1", "amount 1", "y 0"])
    }
}
