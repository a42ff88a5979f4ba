/// The source tables: one row a user for a generator of scalars, about three for a set.
///
/// Deterministic: each column is a hash of the row's number, and a shuffled order is a
/// multiplication by a prime modulo the number of rows.
struct LoadData {
    let options: LoadOptions

    /// A quarter of all rows.
    var userCount: Int { options.rowCount / 4 }
    private var tagCount: Int { options.rowCount - userCount }

    static let queries = [
        "SELECT user_id, country, score, visits FROM users_ORDER",
        "SELECT user_id, tag AS tags FROM tags_ORDER",
    ]

    /// The generators' queries over the tables of that order.
    func queries(_ order: Arrival) -> [String] {
        Self.queries.map { query in
            query.split(separator: " ").map {
                $0.hasSuffix("_ORDER") ? $0.dropLast(5) + order.rawValue : String($0)
            }.joined(separator: " ")
        }
    }

    /// The job over the tables of that order, as a user would write it.
    func job(_ order: Arrival) -> String {
        let queries = queries(order)
        return """
            job: bench
            index_column: user_id
            fields:
            - generator: sql_iterator
              sql: \(queries[0])
            - generator: sql_iterator
              is_set: true
              sql: \(queries[1])

            """
    }

    /// Makes the tables of an order that are asked for in the source.
    func make(_ source: SourceName, _ order: Arrival) throws {
        say("\(source.rawValue), \(order.rawValue): making \(options.rowCount) rows")
        switch source {
        case .sqlite:
            let script = """
                PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
                CREATE TABLE users_\(order.rawValue)
                    (user_id INTEGER, country TEXT, score REAL, visits INTEGER);
                INSERT INTO users_\(order.rawValue) SELECT u * 7,
                    printf('c%d', u * 2654435761 % 200), u * 40503 % 100000 / 1000.0,
                    u * 48271 % 5000
                    FROM (SELECT \(user(order)) AS u FROM generate_series(0, \(userCount - 1)));
                CREATE TABLE tags_\(order.rawValue) (user_id INTEGER, tag TEXT);
                INSERT INTO tags_\(order.rawValue) SELECT t % \(userCount) * 7,
                    printf('course-%d', t * 40503 % 4000)
                    FROM (SELECT \(tag(order)) AS t FROM generate_series(0, \(tagCount - 1)));
                """
            try runProgram(["sqlite3", "-bail", database, script], in: options.folder)
        case .postgresql:
            let script = """
                CREATE UNLOGGED TABLE users_\(order.rawValue) AS SELECT u * 7 AS user_id,
                    'c' || u * 2654435761 % 200 AS country,
                    (u * 40503 % 100000 / 1000.0)::FLOAT8 AS score, u * 48271 % 5000 AS visits
                    FROM (SELECT \(user(order)) AS u
                        FROM generate_series(0::BIGINT, \(userCount - 1)) AS value) AS users;
                CREATE UNLOGGED TABLE tags_\(order.rawValue) AS SELECT t % \(userCount) * 7 AS user_id,
                    'course-' || t * 40503 % 4000 AS tag
                    FROM (SELECT \(tag(order)) AS t
                        FROM generate_series(0::BIGINT, \(tagCount - 1)) AS value) AS tags;
                """
            try runProgram(
                ["psql", "-X", "-q", "-d", options.postgres, "-c", script], in: options.folder)
        }
    }

    /// Takes away what ``make(_:_:)`` made.
    func drop(_ source: SourceName, _ order: Arrival) throws {
        let tables = ["users", "tags"].map { "\($0)_\(order.rawValue)" }
        switch source {
        case .sqlite: try runProgram(["rm", "-f", database], in: options.folder)
        case .postgresql:
            let script = "DROP TABLE \(tables.joined(separator: ", "))"
            try runProgram(
                ["psql", "-X", "-q", "-d", options.postgres, "-c", script], in: options.folder)
        }
    }

    private var database: String { "\(options.folder)/app.db" }

    /// The text of `connections.yml`.
    func connections(_ source: SourceName) -> String {
        switch source {
        case .sqlite: "app: {type: sqlite, path: \(database)}\n"
        case .postgresql: "app: {type: postgresql, url: \"\(options.postgres)\"}\n"
        }
    }

    /// The programs that hand over the same rows and do nothing with them.
    func bareCommands(_ source: SourceName, _ order: Arrival) -> [[String]] {
        queries(order).map { query in
            switch source {
            case .sqlite: ["sqlite3", database, query]
            case .postgresql:
                [
                    "psql", "-X", "-q", "-d", options.postgres, "-c",
                    "COPY (\(query)) TO STDOUT (FORMAT binary)",
                ]
            }
        }
    }

    private func user(_ order: Arrival) -> String {
        order == .sorted ? "value" : "value * 2654435761 % \(userCount)"
    }

    /// In key order the tags of a user follow each other; else they lie anywhere.
    private func tag(_ order: Arrival) -> String {
        order == .sorted
            ? "value / 3 % \(userCount) + value % 3 * \(userCount)"
            : "value * 2654435761 % \(tagCount)"
    }
}
