/// A place that rows come from, described but not opened.
///
/// Each cursor has a connection of its own, so that several generators read side by side, and sees
/// one consistent state of the source from its first row to its last.
public protocol Source: Sendable {
    /// The connection's name in the job, which errors carry.
    var name: String { get }

    /// Connects, prepares the query and hands over its rows as they come; no result set is held.
    ///
    /// - Parameter query: one statement that reads: `SELECT`, `WITH … SELECT`, `VALUES`. A
    ///   semicolon at its end and comments are fine.
    /// - Returns: a cursor before the first row.
    /// - Throws: ``SourceError/unavailable(source:reason:)`` when the source cannot be opened,
    ///   ``SourceError/badQuery(source:reason:line:column:)`` when it refuses the query.
    func open(query: String) throws(SourceError) -> any RowCursor

    /// As ``open(query:)``, but hands over only that part of the rows.
    ///
    /// - Throws: as ``open(query:)``; places of errors are those of `query`.
    func open(query: String, part: QueryPart) throws(SourceError) -> any RowCursor

    /// The columns of the query's rows; lets the source look at the query, and runs nothing of it.
    ///
    /// - Throws: as ``open(query:)``.
    func columns(of query: String) throws(SourceError) -> [SourceColumn]
}
