import Foundation
import SystemPackage
import TestSupport
import Testing

/// No password in anything that is printed or kept: of runs that fail and of one that succeeds, in
/// no form in which it could appear.
@Suite(.timeLimit(.minutes(10))) struct SecretTests {
    private let directory: TemporaryDirectory
    private var nostos: NostosProgram
    /// A password that each form writes in another way.
    private let password: String
    private let user = "guarded\(UInt32.random(in: 0 ... .max))"
    private let server: PostgresServer

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        password = #"hü'nter"2\ &/"# + "\(UInt32.random(in: 1_000_000 ... .max))"
        server = try PostgresServer.shared()
        let quoted = password.replacing("'", with: "''")
        try server.execute("CREATE ROLE \(user) LOGIN PASSWORD '\(quoted)'")
        nostos.environment["PASSWORD"] = password
        nostos.environment["ENCODED"] = encoded
        try write(
            """
            url: {type: postgresql, url: "postgresql://\(user):{{ env_var('ENCODED') }}@127.0.0.1:\(server.port)/postgres"}
            parts: {type: redshift, host: 127.0.0.1, port: \(server.port), database: postgres, user: \(user), password: "{{ env_var('PASSWORD') }}"}
            wrong: {type: postgresql, url: "postgresql://nobody:{{ env_var('ENCODED') }}@127.0.0.1:\(server.port)/postgres"}
            plain: {type: postgresql, host: 127.0.0.1, port: \(server.port), database: nowhere, user: \(user), password: '\(quoted)'}
            local: {type: sqlite, path: a.db}
            """, "connections.yml")
        try SQLiteFixture.execute("CREATE TABLE t (id, v)", at: directory.file("a.db"))
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    private var encoded: String {
        password.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || byte &- 48 < 10)
            return isPlain ? String(scalar) : "%" + String(format: "%02X", byte)
        }.joined()
    }

    /// Every form of the password that could be seen.
    private var forms: [String] {
        let escaped = password.replacing("\\", with: "\\\\")
        return [
            password, encoded, encoded.lowercased(), password.replacing("'", with: "''"), escaped,
            escaped.replacing("'", with: "\\'"), escaped.replacing("\"", with: "\\\""),
            Data(password.utf8).base64EncodedString(), String(password.suffix(8)),
        ]
    }

    private func run(_ connection: String, _ sql: String) throws -> NostosProgram.Result {
        try write(
            """
            job: guarded
            index_column: id
            connection: \(connection)
            fields:
            - generator: sql_iterator
              sql: >
                \(sql)
            """, "job.yml")
        return try nostos.run("run", "job.yml")
    }

    @Test func noFormOfThePasswordIsPrintedOrKept() throws {
        var said: [String] = []
        func note(_ result: NostosProgram.Result, _ status: Int32) {
            said += [result.output, result.errors]
            #expect(result.status == status, "\(result.errors)")
        }
        let good = "SELECT 1 AS id, length('{{ env_var('SAFE', 'x') }}') AS v"
        for connection in ["url", "parts"] {
            note(try run(connection, good), 0)
            // Servers quote what they do not understand.
            note(try run(connection, "SELECT 1 AS id, '{{ env_var('ENCODED') }}'::int AS v"), 65)
            note(try run(connection, "SELECT 1 AS id, \"{{ env_var('ENCODED') }}\" AS v"), 65)
        }
        note(try run("local", "SELECT 1 AS id, \"{{ env_var('ENCODED') }}\" AS v"), 65)
        note(try run("wrong", good), 69)
        note(try run("plain", good), 69)
        for verb in [
            ["validate", "job.yml"], ["plan", "job.yml"], ["preview", "job.yml"],
            ["run", "--log-format", "json", "job.yml"], ["runs"], ["runs", "-o", "json"],
            ["events", "-o", "json"], ["versions", "guarded", "-o", "json"],
            ["show", "guarded", "-o", "json"], ["scan", "guarded"],
        ] {
            let (process, output, errors) = try nostos.start(verb)
            said += try [output, errors].map {
                String(decoding: try $0.readToEnd() ?? Data(), as: UTF8.self)
            }
            process.waitUntilExit()
        }
        for text in said {
            for form in forms { #expect(!text.contains(form), "\(form) in \(text)") }
        }
        try expectNothingInStore()
        // The test can see: the form stands in the file that the user wrote.
        let file = try Data(
            contentsOf: URL(fileURLWithPath: directory.file("connections.yml").string))
        #expect(file.range(of: Data(forms[3].utf8)) != nil)
    }

    private func expectNothingInStore() throws {
        let names = try #require(FileManager.default.enumerator(atPath: nostos.store.string))
        var count = 0
        for case let name as String in names {
            let path = nostos.store.appending(name).string
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            count += 1
            for form in forms {
                #expect(data.range(of: Data(form.utf8)) == nil, "\(form) in \(name)")
            }
        }
        #expect(count >= 4)
    }
}
