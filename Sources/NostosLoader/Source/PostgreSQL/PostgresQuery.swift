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
    /// The SQL to send: the query itself, or a SELECT around it that casts columns to text.
    let select: String
    /// The number of characters of `select` before the query.
    let prefixCount: Int
    /// The values of the parameters of `select`.
    let parameters: [String]

    /// Has the server parse the query and name its columns and types; with a part, only that part
    /// of its rows is sent.
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
        let described = try Self.describe(query, text, on: connection)
        let arrays =
            dialect == .postgresql ? try Self.arrays(described.map(\.type), on: connection) : [:]
        let columns = described.map {
            PostgresColumn(name: $0.name, oid: $0.type, dialect: dialect, arrays: arrays)
        }
        self.columns = columns
        self.text = text
        let part = part.map { Self.part($0, columns) }
        parameters = part?.parameters.map(\.text) ?? []
        // The line end closes a comment at the query's end.
        guard part != nil || columns.contains(where: { $0.cast != .none }) else {
            prefixCount = 0
            select = query + "\n"
            return
        }
        // By position: the query's own names may be equal, or none at all.
        let list = columns.enumerated().map { index, column in
            column.expression("c\(index)", dialect)
        }
        let prefix = "SELECT \(list.joined(separator: ", ")) FROM (\n"
        prefixCount = prefix.utf8.count
        let names = columns.indices.map { "c\($0)" }.joined(separator: ", ")
        select =
            prefix + query + "\n) AS nostos_rows(\(names))"
            + (part?.clause { column, ordinal in
                columns[column].comparison("c\(column)", "$\(ordinal)", dialect)
            } ?? "")
    }

    /// The part without the keys that its columns cannot hold.
    private static func part(_ part: QueryPart, _ columns: [PostgresColumn]) -> QueryPart {
        var possible = part
        possible.keys = part.keys?.filter { key in
            zip(part.keyColumns, key).allSatisfy { columns[$0].canHold($1.text) }
        }
        return possible
    }

    /// The types, by the server's catalog, that are arrays without a rule of their own.
    private static func arrays(
        _ types: [UInt32], on connection: PostgresConnection
    ) throws(SourceError) -> [UInt32: PostgresArray] {
        let unknown = Set(types).filter {
            PostgresType.known(oid: $0, dialect: .postgresql) == nil
        }
        guard !unknown.isEmpty else { return [:] }
        let sql = PostgresArray.query(of: unknown.sorted())
        let result = try connection.answer(toStatement: sql)
        guard result.status == PGRES_TUPLES_OK else {
            throw connection.failure(result, rows: nil)
        }
        try connection.finishCommand()
        var arrays: [UInt32: PostgresArray] = [:]
        for row in 0..<result.tupleCount {
            guard let array = UInt32(result.text(row: row, column: 0)),
                let base = UInt32(result.text(row: row, column: 1))
            else { continue }
            arrays[array] = PostgresArray(
                baseOID: base, baseName: result.text(row: row, column: 2),
                isNested: result.text(row: row, column: 3) == "t")
        }
        return arrays
    }

    /// The place in the author's query of a character of a text; the text has `select` at `offset`.
    func position(ofCharacter index: Int, selectAt offset: Int) -> QueryPosition? {
        let own = index - offset - prefixCount
        return own < 0 ? nil : text.position(ofCharacter: own)
    }

    private static func describe(
        _ query: String, _ text: QueryText, on connection: PostgresConnection
    ) throws(SourceError) -> [(name: String, type: UInt32)] {
        let prepared = try connection.prepare(query)
        guard prepared.status == PGRES_COMMAND_OK else {
            throw connection.failure(prepared, rows: nil) { text.position(ofCharacter: $0) }
        }
        let described = connection.describePrepared()
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

extension KeyPart {
    /// The value as a parameter of PostgreSQL in text form.
    fileprivate var text: String {
        switch self {
        case .int64(let value): String(value)
        case .string(let text): text
        }
    }
}
