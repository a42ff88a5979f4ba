import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// Whole generators read from a server: where rows become entries at once, and where they do not.
@Suite(.timeLimit(.minutes(10))) struct PostgresEntriesTests {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared()
    }

    /// The result of reading a query with the key `id`.
    private struct Read: Equatable {
        var records: [[UInt8]] = []
        var reports: [ExtractionProgress] = []
    }

    private func read(
        _ query: String, _ dialect: PostgresSource.Dialect, url: String? = nil
    ) throws -> Read {
        let source = PostgresSource(
            name: "warehouse", conninfo: url ?? server.url(), dialect: dialect)
        let cursor = try source.open(query: query)
        let plan = try RecordPlan(
            indexColumns: ["id"], keyTypes: [],
            generators: [GeneratorInput(name: "g", columns: cursor.columns)])
        let sorter = RowSorter(layout: SortLayout(memory: 1 << 25, blockSize: 1000)) {
            () throws(SortError) in MemoryStorage()
        }
        var extraction = Extraction(plan, sorter: sorter)
        var read = Read()
        try extraction.run(plan.generators[0], rows: cursor) { read.reports.append($0) }
        var merged = try extraction.merged(MergeRules())
        while try merged.next() {
            var record: [UInt8] = []
            record.append(merged.key)
            record.append(merged.record)
            read.records.append(record)
        }
        return read
    }

    /// Rows of each kind in turn, some of them larger than any buffer, by both ways.
    @Test func bothWaysGiveTheSameRecordsAndReports() throws {
        let query = """
            SELECT i * 7 % 3001 AS id, CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN 'käse ' || i
              ELSE 'course-' || i END AS text,
              i / 8.0::FLOAT8 * CASE i % 9 WHEN 0 THEN 0.1::FLOAT8 ELSE 1 END AS score,
              repeat('abc', CASE WHEN i % 500 = 0 THEN i * 300 ELSE i % 50 END) AS long,
              i % 2 = 0 AS flag, '2026-01-01'::TIMESTAMP + i * INTERVAL '1 s' AS time
            FROM generate_series(1, 3000) AS i
            """
        let (here, there) = (try read(query, .postgresql), try read(query, .redshift))
        #expect(here.records.count == 3000)
        let isSame = here == there
        #expect(isSame)
        #expect(here.reports.map(\.rows) == [1024, 2048, 3000])
    }

    /// libpq's function that copies a row returns 0 for an empty piece as for none.
    ///
    /// A reader that takes it for none waits for bytes, which never come where the rest is already
    /// there: the three rows fit in libpq's buffer.
    @Test(arguments: [3, 3000])
    func emptyPiecesDoNotEndTheReading(count: Int) throws {
        let proxy = try ServerProxy(.emptyPieces, before: server)
        let query = "SELECT i AS id, 'course-' || i AS text FROM generate_series(1, \(count)) AS i"
        let found = try read(query, .postgresql, url: proxy.url)
        let isSame = try read(query, .postgresql) == found
        #expect(isSame)
        #expect(found.records.count == count)
    }

    @Test(arguments: dialects)
    func aBadValueAmongPlainRowsIsToldWithItsRowAndKey(
        dialect: PostgresSource.Dialect
    ) throws {
        let query = """
            SELECT 'x' || i AS text, i + 10 AS id, CASE i WHEN 2500 THEN 'NaN'::FLOAT8
              ELSE i END AS score FROM generate_series(1, 3000) AS i
            """
        #expect(
            throws: ExtractionError.badValue(
                generator: "g", row: 2500, key: "2510", column: "score", .notFinite("nan"))
        ) { try read(query, dialect) }
    }

    @Test(arguments: dialects)
    func aNullKeyAmongPlainRowsIsToldWithItsRow(dialect: PostgresSource.Dialect) throws {
        let query = "SELECT NULLIF(i, 1777) AS id, 'x' AS text FROM generate_series(1, 3000) AS i"
        #expect(throws: ExtractionError.nullKey(generator: "g", row: 1777, column: "id")) {
            try read(query, dialect)
        }
    }

    @Test(arguments: dialects)
    func aQueryThatFailsInMidStreamSaysAfterHowManyRows(dialect: PostgresSource.Dialect) throws {
        let query = "SELECT i AS id, 100 / (2000 - i) AS x FROM generate_series(1, 3000) AS i"
        do {
            _ = try read(query, dialect)
            Issue.record("nothing was thrown")
        } catch let error as SourceError {
            #expect("\(error)".contains("division by zero (after 1,999 rows)"), "\(error)")
        }
    }
}
