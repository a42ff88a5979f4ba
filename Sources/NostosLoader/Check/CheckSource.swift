import Nostos

/// The query of a check and the source that answers it.
struct CheckSource {
    let query: CheckQuery
    private let name: String
    private let source: any Source
    private let sessions: SourceSessions

    /// Resolves the connection: the query's own, else the job's, else the default one.
    init(
        _ query: CheckQuery, of spec: CheckSpec, _ job: Job, _ connections: Connections,
        _ sessions: SourceSessions
    ) throws(ConnectionError) {
        let connection = try connections.resolve(query.connection ?? job.connection)
        self.query = query
        name = "check \(spec.name)"
        source = RowInput.source(connection)
        self.sessions = sessions
    }

    /// The columns of the query's rows; runs nothing of it.
    func columns() throws(LocatedSourceError) -> [SourceColumn] {
        do throws(SourceError) {
            return try sessions.session(of: source).columns(of: text)
        } catch {
            throw located(error)
        }
    }

    /// Sends the query, which reads the source in its present state; its rows come one by one.
    func open() throws(LocatedSourceError) -> any RowCursor {
        let session = sessions.session(of: source)
        session.rest()
        do throws(SourceError) { return try session.open(query: text) } catch {
            throw located(error)
        }
    }

    private var text: String { query.countsRows ? counted : query.sql.text }

    /// The next row; false when there is none.
    func next(_ rows: any RowCursor, into row: inout Row) throws(LocatedSourceError) -> Bool {
        do throws(SourceError) { return try rows.next(into: &row) } catch { throw located(error) }
    }

    private func located(_ error: SourceError) -> LocatedSourceError {
        LocatedSourceError(
            error, name: name, sql: query.sql, lineOffset: query.countsRows ? 1 : 0)
    }

    /// The query that counts the query's rows, as Dataduct's count-check asks it.
    ///
    /// The author's text begins on its second line, and ends before its semicolon.
    private var counted: String {
        let text = QueryText(query.sql.text)
        let statement = String(decoding: text.bytes[..<text.statementEnd], as: UTF8.self)
        return "SELECT COUNT(1) FROM (\n\(statement)\n) counted"
    }

    /// The columns' names: those that the job file states, else what the source reports.
    func columnNames(_ columns: [SourceColumn]) -> [String] {
        columns.enumerated().map { index, column in
            (index < query.columnNames.count ? query.columnNames[index] : nil) ?? column.name
        }
    }
}
