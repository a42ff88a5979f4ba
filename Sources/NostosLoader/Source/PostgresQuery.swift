// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
//
// Unsafe: C calls on the connection's `PGconn`, which outlives them.
import CPostgres
import Glibc
import Nostos

/// One query that the server has accepted, with its columns.
struct PostgresQuery {
    let text: QueryText
    let columns: [PostgresColumn]
    /// What to send: the query itself, or a SELECT around it that casts columns to text.
    let select: String
    /// How many characters of `select` stand before the query.
    let prefixCount: Int
    /// The values of the parameters of `select`.
    let parameters: [String]

    /// Lets the server parse the query and name its columns and types; with a part, only that much
    /// of its rows is to be sent.
    init(
        _ text: QueryText, dialect: PostgresSource.Dialect, on connection: PostgresConnection,
        _ part: QueryPart? = nil
    ) throws(SourceError) {
        if let zero = text.bytes.firstIndex(of: 0) {
            throw connection.badQuery("a 0x00 in the query", at: text.position(ofByte: zero))
        }
        let end = text.statementEnd
        if let second = text.firstWord(from: end) {
            throw connection.badQuery(
                "a second statement; expected one SELECT", at: text.position(ofByte: second))
        }
        guard let first = text.firstWord() else {
            throw connection.badQuery("no statement; expected a SELECT", at: nil)
        }
        guard text.isSelect else {
            throw connection.badQuery("not a SELECT", at: text.position(ofByte: first))
        }
        let query = String(decoding: text.bytes[..<end], as: UTF8.self)
        columns = try Self.describe(query, text, on: connection).map {
            PostgresColumn(name: $0.name, type: PostgresType(oid: $0.type, dialect: dialect))
        }
        self.text = text
        parameters = part?.parameters.map(\.text) ?? []
        // The line end closes a comment at the query's end.
        guard part != nil || columns.contains(where: { $0.type.isCast }) else {
            prefixCount = 0
            select = query + "\n"
            return
        }
        // By position: the query's own names may be equal, or none at all.
        let list = columns.enumerated().map { index, column in
            "c\(index)\(column.type.isCast ? dialect.cast : "")"
        }
        let prefix = "SELECT \(list.joined(separator: ", ")) FROM (\n"
        prefixCount = prefix.utf8.count
        let names = columns.indices.map { "c\($0)" }.joined(separator: ", ")
        select =
            prefix + query + "\n) AS nostos_rows(\(names))"
            + (part?.clause { "$\($0)" } ?? "")
    }

    /// Where a character of a text lies in the author's query; the text has `select` at
    /// `offset`.
    func position(ofCharacter index: Int, selectAt offset: Int) -> QueryPosition? {
        let own = index - offset - prefixCount
        return own < 0 ? nil : text.position(ofCharacter: own)
    }

    private static func describe(
        _ query: String, _ text: QueryText, on connection: PostgresConnection
    ) throws(SourceError) -> [(name: String, type: UInt32)] {
        let prepared = try connection.answer {
            unsafe PQsendPrepare(connection.handle, "", query, 0, nil)
        }
        // There is nothing behind the one answer, which libpq wants to be told.
        unsafe PQclear(PQgetResult(connection.handle))
        guard prepared.status == PGRES_COMMAND_OK else {
            throw connection.failure(prepared, rows: nil) { text.position(ofCharacter: $0) }
        }
        let described = unsafe PostgresResult(owning: PQdescribePrepared(connection.handle, ""))
        guard described.status == PGRES_COMMAND_OK else {
            throw connection.failure(described, rows: nil)
        }
        guard described.parameterCount == 0 else {
            throw connection.badQuery("a parameter ($1), which has no value", at: nil)
        }
        guard described.columnCount > 0 else {
            throw connection.badQuery("a query without columns", at: nil)
        }
        return described.columns
    }
}

extension PostgresSource.Dialect {
    /// The cast to text of any length; Redshift's `text` is `varchar(256)`.
    fileprivate var cast: String {
        switch self {
        case .postgresql: "::text"
        case .redshift: "::varchar(65535)"
        }
    }
}

extension KeyPart {
    /// The value as a parameter of PostgreSQL in text form.
    fileprivate var text: String {
        switch self {
        case .int64(let value): String(value)
        case .string(let text): text
        }
    }
}
