import Nostos
import NostosLoader
import SystemPackage
import TestSupport
import Testing

/// A hundred thousand rows of the usual types, as a model computes them, from every source.
@Suite(.timeLimit(.minutes(10))) struct SourceStreamTests {
    private static let count = 100_000

    private static let sql = """
        SELECT i AS id, i * i - 50000 * i AS n, i / 8.0 AS x, 'name ' || i AS name,
          CASE WHEN i % 3 = 0 THEN NULL ELSE i % 7 END AS m
        FROM numbers ORDER BY i
        """

    private func expect(_ source: any Source) throws {
        let cursor = try source.open(query: Self.sql)
        var row = Row()
        var expected = Row()
        for i in 1...Int64(Self.count) {
            guard try cursor.next(into: &row) else {
                Issue.record("the rows end before row \(i)")
                return
            }
            expected.removeAll()
            EncodedValue.append(int64: i, to: &expected.bytes)
            expected.ends.append(expected.bytes.count)
            EncodedValue.append(int64: i * i - 50000 * i, to: &expected.bytes)
            expected.ends.append(expected.bytes.count)
            try EncodedValue.append(double: Double(i) / 8, to: &expected.bytes)
            expected.ends.append(expected.bytes.count)
            try EncodedValue.append(string: Array("name \(i)".utf8).span, to: &expected.bytes)
            expected.ends.append(expected.bytes.count)
            if i % 3 == 0 {
                EncodedValue.appendNull(to: &expected.bytes)
            } else {
                EncodedValue.append(int64: i % 7, to: &expected.bytes)
            }
            expected.ends.append(expected.bytes.count)
            guard row.bytes == expected.bytes, row.ends == expected.ends else {
                Issue.record("row \(i): \(row), expected \(expected)")
                return
            }
        }
        #expect(try cursor.next(into: &row) == false)
    }

    @Test func sqliteGivesTheModelsRows() throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("numbers.db")
            try SQLiteFixture.execute(
                """
                CREATE TABLE numbers(i INTEGER PRIMARY KEY);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
                LIMIT \(Self.count)) INSERT INTO numbers SELECT i FROM n
                """, at: path)
            try expect(SQLiteSource(name: "local", path: path))
        }
    }

    @Test(arguments: dialects)
    func postgresGivesTheModelsRows(dialect: PostgresSource.Dialect) throws {
        let server = try PostgresServer.shared()
        let name = "numbers_\(dialect)"
        try server.createDatabase(named: name)
        try server.execute(
            """
            CREATE TABLE numbers AS
            SELECT i::int8 FROM generate_series(1, \(Self.count)) AS i
            """, database: name)
        try expect(
            PostgresSource(
                name: "warehouse", conninfo: server.url(database: name), dialect: dialect))
    }
}
