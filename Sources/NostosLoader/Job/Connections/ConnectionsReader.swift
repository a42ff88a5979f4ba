import SystemPackage

/// Reads `connections.yml`: names, and what is at the other end.
struct ConnectionsReader {
    /// libpq's words for the keys that name the server and the user.
    private static let serverKeys = [
        ("host", "host"), ("port", "port"), ("database", "dbname"), ("user", "user"),
        ("password", "password"), ("sslmode", "sslmode"), ("sslrootcert", "sslrootcert"),
    ]

    /// The types of connections by their names in the file.
    private enum TypeName: String, CaseIterable {
        case postgresql, redshift, sqlite
    }

    let context: ReadingContext

    /// The connections by name.
    ///
    /// An environment variable that is not set spoils its connection only.
    func read(_ root: YAMLNode) -> [String: Result<Connection, JobFileErrors>] {
        // A file of comments alone defines nothing.
        guard !root.isNull else { return [:] }
        guard let mapping = MappingReader(root, "connections", log: context.log) else { return [:] }
        var connections: [String: Result<Connection, JobFileErrors>] = [:]
        let entries = mapping.takeRest()
        if entries.count > Connections.maxCount {
            context.log.error(
                at: entries[Connections.maxCount].mark, found: "\(entries.count) connections",
                expected: "at most \(Connections.maxCount)")
        }
        for entry in entries {
            let log = DiagnosticLog(file: context.log.file, isConfidential: true)
            var own = context
            own.log = log
            let connection = ConnectionsReader(context: own).read(entry)
            context.log.secrets.formUnion(log.secrets)
            if let connection, !log.hasErrors {
                connections[entry.key] = .success(connection)
            } else if log.lacksOnlyEnvironment {
                connections[entry.key] = .failure(log.failure())
            } else {
                context.log.formUnion(log)
            }
        }
        return connections
    }

    private func read(_ entry: YAMLEntry) -> Connection? {
        let isName =
            (1...Connection.maxNameSize).contains(entry.key.utf8.count)
            && entry.key.unicodeScalars.allSatisfy { $0.isWord || $0 == "-" }
        if !isName {
            context.log.error(
                at: entry.mark, found: "a connection's name with other characters",
                expected: "letters, digits, _ and -, at most \(Connection.maxNameSize)")
        }
        guard let mapping = MappingReader(entry.value, "a connection", log: context.log) else {
            return nil
        }
        let type = mapping.require("type").flatMap {
            context.word($0.value, among: TypeName.allCases.map(\.rawValue), isNoSecret: true)
        }
        // Without the type, no other key can be judged, but a missing type must be noted.
        guard let type = type.flatMap(TypeName.init(rawValue:)) else {
            if mapping.keyMarks["type"] == nil {
                _ = mapping.takeRest()
                mapping.finish()
            }
            return nil
        }
        let kind: Connection.Kind? =
            switch type {
            case .sqlite: readPath(mapping).map { .sqlite(path: $0) }
            case .redshift: readServer(mapping).map { .redshift(conninfo: $0) }
            case .postgresql: readServer(mapping).map { .postgresql(conninfo: $0) }
            }
        let timeout = type == .sqlite ? nil : mapping.take("statement_timeout")
        let statementTimeout = timeout.flatMap { context.duration($0.value) }
        mapping.finish()
        return kind.map {
            Connection(
                name: entry.key, kind: $0, mark: entry.mark, statementTimeout: statementTimeout,
                secrets: context.log.secrets)
        }
    }

    private func readPath(_ mapping: MappingReader) -> FilePath? {
        guard let entry = mapping.require("path"), let path = text(entry.value, "a path") else {
            return nil
        }
        // SQLite would make an empty database of these.
        guard !path.hasPrefix(":"), !path.hasPrefix("file:") else {
            context.log.error(at: entry.value.mark, found: "a special name", expected: "a path")
            return nil
        }
        return context.path(path)
    }

    /// Text on one line, templates filled in.
    private func text(_ node: YAMLNode, _ expected: String) -> String? {
        guard let raw = context.rawText(node, expected),
            let text = context.expand(raw.text, raw.style, at: node.mark)?.text.trimmed
        else { return nil }
        let isControlled = text.unicodeScalars.contains {
            $0.properties.generalCategory == .control
        }
        guard !text.isEmpty, !isControlled else {
            context.log.error(
                at: node.mark, found: isControlled ? "control characters" : "empty text",
                expected: expected)
            return nil
        }
        return text
    }
}

extension ConnectionsReader {
    private func readServer(_ mapping: MappingReader) -> Secret? {
        let urlEntry = mapping.take("url")
        let parts = Self.serverKeys.compactMap { key, word in
            mapping.take(key).map { (entry: $0, word: word) }
        }
        if let first = parts.first, urlEntry != nil {
            context.log.error(
                at: first.entry.mark, found: "both \"url\" and \"\(first.entry.key)\"",
                expected: "a url, or its parts")
        }
        if let urlEntry { return readURL(urlEntry.value) }
        guard !parts.isEmpty else {
            context.log.error(
                at: mapping.mark, found: "a connection without \"url\"",
                expected: "url, or host, port, database, user, password")
            return nil
        }
        var words: [String] = []
        for (entry, word) in parts {
            guard let value = readPart(entry, word) else { continue }
            words.append("\(word)='\(value)'")
        }
        return words.count == parts.count ? Secret(words.joined(separator: " ")) : nil
    }

    /// The value of one part as libpq's connection strings have it: `\` before `'` and `\`.
    private func readPart(_ entry: YAMLEntry, _ word: String) -> String? {
        guard let value = text(entry.value, "the \(entry.key)") else { return nil }
        if word == "port", Int(value).map({ (1...65_535).contains($0) }) != true {
            context.log.error(
                at: entry.value.mark, found: "no port", expected: "a number from 1 to 65535")
            return nil
        }
        let escaped = value.reduce(into: "") { text, character in
            if character == "'" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        if word == "password" {
            context.log.secrets.insert(password: value)
            context.log.secrets.insert(escaped)
        }
        return escaped
    }

    private func readURL(_ node: YAMLNode) -> Secret? {
        guard let url = text(node, "a url") else { return nil }
        context.log.secrets.insert(url)
        for password in passwords(inURL: url) { context.log.secrets.insert(password: password) }
        guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://") else {
            context.log.error(
                at: node.mark, found: "a url of another kind",
                expected: "postgresql://user@host/database")
            return nil
        }
        return Secret(url)
    }
}

/// All texts that may be a password in a URL, in their literal form and with `%` escapes decoded.
///
/// Lax on purpose: what a broken URL has between the first `:` and any `@` may have been meant as
/// one.
func passwords(inURL url: String) -> [String] {
    let authority = url.split(separator: "//", maxSplits: 1).last ?? url[...]
    var found: [Substring] = []
    for at in [authority.firstIndex(of: "@"), authority.lastIndex(of: "@")] {
        guard let at, let colon = authority[..<at].firstIndex(of: ":") else { continue }
        found.append(authority[authority.index(after: colon)..<at])
    }
    for part in url.split(whereSeparator: { $0 == "?" || $0 == "&" }) {
        guard let equals = part.firstIndex(of: "="),
            part[..<equals].lowercased().hasSuffix("password")
        else { continue }
        found.append(part[part.index(after: equals)...])
    }
    return found.flatMap { [String($0), percentDecoded($0)] }.filter { !$0.isEmpty }
}

/// The text with each `%` and two hexadecimal digits replaced by the byte that they mean.
private func percentDecoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
        if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
            let digits = String(validating: bytes[(index + 1)...(index + 2)], as: UTF8.self),
            let byte = UInt8(digits, radix: 16)
        {
            decoded.append(byte)
            index += 3
        } else {
            decoded.append(bytes[index])
            index += 1
        }
    }
    return String(decoding: decoded, as: UTF8.self)
}
