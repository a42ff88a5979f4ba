// Part of the door to libpq (Postgres*.swift): no other file imports CPostgres.
import CPostgres

/// A connection string taken apart, as far as its secrets must be known to be kept.
struct PostgresConninfo {
    /// Names and values for `PQconnectdbParams`, in order; later ones win.
    let parameters: [(name: String, value: String)]
    /// The passwords in the string.
    let secrets: [String]

    /// Takes the string apart.
    ///
    /// - Throws: ``SourceError/unavailable(source:reason:)`` in words of our own: libpq's would
    ///   quote the string, and so perhaps a password that was not escaped.
    init(_ source: PostgresSource) throws(SourceError) {
        func malformed(_ what: String) -> SourceError {
            .unavailable(
                source: source.name,
                reason: """
                    malformed connection string: \(what); expected \
                    postgresql://user:password@host:port/database, with special characters \
                    percent-encoded, or host=… port=… dbname=… user=… password=…
                    """)
        }
        let options = Self.parse(source.conninfo)
        guard let options else { throw malformed("libpq cannot read it") }
        func value(_ keyword: String) -> String {
            options.first { $0.keyword == keyword }?.value ?? ""
        }
        // A password with a bare @ or / moves its tail into these.
        guard !value("host").contains("@"), !value("hostaddr").contains("@") else {
            throw malformed("its host contains @")
        }
        let isURL = source.conninfo.contains("://")
        guard !isURL || !value("dbname").contains("@") else {
            throw malformed("its database name contains @")
        }
        guard value("port").utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2C }) else {
            throw malformed("its port is not a number")
        }
        secrets = options.filter { $0.isSecret }.map { $0.value }
        parameters = [
            ("connect_timeout", "\(PostgresSource.connectTimeoutSeconds)"),
            ("fallback_application_name", "nostos"),
            ("keepalives_idle", "60"), ("keepalives_interval", "15"), ("keepalives_count", "4"),
            ("dbname", source.conninfo),
            ("client_encoding", "UTF8"),
        ]
    }

    private static func parse(
        _ conninfo: String
    ) -> [(keyword: String, value: String, isSecret: Bool)]? {
        guard !conninfo.utf8.contains(0) else { return nil }
        // Unsafe: the array that libpq makes ends with an option without a keyword, and is freed
        // when its strings have been copied.
        var message: UnsafeMutablePointer<CChar>?
        let parsed = unsafe PQconninfoParse(conninfo, &message)
        unsafe PQfreemem(message)
        guard let parsed = unsafe parsed else { return nil }
        defer { unsafe PQconninfoFree(parsed) }
        var options: [(keyword: String, value: String, isSecret: Bool)] = []
        var index = 0
        while let keyword = unsafe parsed[index].keyword {
            if let value = unsafe parsed[index].val {
                let display = unsafe String(cString: parsed[index].dispchar)
                options.append(
                    unsafe (String(cString: keyword), String(cString: value), display == "*"))
            }
            index += 1
        }
        return options
    }
}
