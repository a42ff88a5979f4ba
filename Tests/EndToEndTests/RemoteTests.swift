import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The verbs through a server's control plane say and do what they do with a store at hand.
@Suite(.timeLimit(.minutes(10))) struct RemoteTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram
    private let server: ServerProcess

    init() throws {
        directory = try TemporaryDirectory()
        let nostos = NostosProgram(in: directory.path)
        #expect(try nostos.run("init", ".").status == 0)
        for day in 1...3 {
            let run = try nostos.run(
                "run", "jobs/user_profile.yml", "--var", "ds=2026-01-0\(day)")
            #expect(run.status == 0)
        }
        for (name, scope) in [("reader", "read"), ("deployer", "publish"), ("ops", "admin")] {
            let token = try nostos.run(
                "token", name, "--scope", scope, "--append", "tokens.yml")
            #expect(token.status == 0, "\(token.errors)")
            #expect(token.errors.isEmpty)
            let file = directory.file(name).string
            try token.output.write(toFile: file, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        self.nostos = nostos
        server = try ServerProcess(nostos)
    }

    /// Runs a verb through the server, with that token.
    private func remote(_ token: String?, _ arguments: [String]) throws -> NostosProgram.Result {
        var program = nostos
        program.environment = ["NOSTOS_URL": server.adminURL]
        program.environment["NOSTOS_TOKEN_FILE"] = token
        return try program.run(arguments)
    }

    private static let verbs = [
        ["ls"], ["ls", "-o", "json"], ["versions", "user_profile"], ["show", "user_profile"],
        ["versions", "user_profile", "-o", "json"], ["show", "user_profile@1", "-o", "json"],
        ["runs"], ["runs", "user_profile", "-o", "json"], ["events"],
        ["events", "user_profile", "-o", "json"], ["diff", "user_profile"],
        ["diff", "user_profile", "1", "3", "--exit-code"],
        ["diff", "user_profile", "1", "3", "-o", "json"], ["versions", "none"],
        ["show", "user_profile@9"], ["show", "user_profile@candidate"], ["runs", "none"],
        ["promote", "user_profile@3"], ["promote", "user_profile@9"], ["release", "user_profile"],
        ["drop", "user_profile@3"], ["rollback", "user_profile", "--to", "3", "--reason", "x"],
        ["hold", "none", "--reason", "x"], ["events", "none"], ["events", "--verbose", "-n", "3"],
        ["runs", "--limit", "1"], ["runs", "--since", "2000-01-01"], ["events", "--since", "1d"],
        ["get", "user_profile", "1002", "5", "1001"], ["get", "user_profile@1", "1002", "-1"],
        ["get", "user_profile", "1002", "--fields", "language,as_of"], ["get", "none", "1"],
        ["get", "user_profile", "1002", "1003", "-o", "json"], ["get", "user_profile", "x"],
        ["get", "user_profile", "1002", "--fields", "langage"], ["get", "user_profile@007", "1"],
        ["scan", "user_profile", "--from", "1005", "--to", "1010"],
        ["scan", "user_profile", "--limit", "2500", "--fields", "language"],
        ["scan", "user_profile@previous", "--limit", "3"],
        ["scan", "user_profile", "--limit", "0"],
        ["scan", "user_profile", "--prefix", "1"], ["scan", "user_profile", "--from", "-5"],
        ["verify"], ["verify", "user_profile@1"], ["verify", "-o", "json"], ["verify", "none"],
        ["remove", "none", "--reason", "x"], ["show", "user_profile@007"],
        ["rollback", "none", "--reason", "x"], ["promote", "user_profile@candidate"],
        ["diff", "user_profile", "1", "9", "--exit-code"], ["diff", "user_profile", "01", "3"],
        ["rollback", "user_profile", "--to", "007", "--reason", "x"],
        ["rollback", "user_profile", "--to", "+1", "--reason", "x"],
        ["drop", "user_profile@01"], ["promote", "user_profile@+3"],
        ["scan", "user_profile@latest"], ["verify", "user_profile@0"],
        ["get", "user_profile@previous", "1002"], ["get", "user_profile@candidate", "1002"],
    ]

    @Test func saysTheSame() throws {
        for arguments in Self.verbs {
            let here = try nostos.run(arguments)
            let there = try remote("ops", arguments)
            #expect(there.output == here.output, "\(arguments)")
            #expect(there.errors == here.errors, "\(arguments)")
            #expect(there.status == here.status, "\(arguments)")
        }
    }

    @Test func changesInTheTokensName() throws {
        let job = "user_profile"
        let steps = [
            (["rollback", job, "--reason", "bad"], "rolled back user_profile 3 -> 2; held until "),
            (["release", job], "released user_profile"), (["hold", job, "--reason", "w"], "held "),
            (["promote", "\(job)@3", "--reason", "100 % good"], "promoted user_profile 3"),
            (["drop", "\(job)@1", "--reason", "old & done"], "dropped user_profile 1"),
        ]
        for (arguments, said) in steps {
            let result = try remote("ops", arguments)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasPrefix(said), "\(result.output)")
        }
        let events = try nostos.run("events", job, "--verbose").output
        for text in ["ops", "100 % good", "old & done"] { #expect(events.contains(text)) }
    }

    @Test func aTokenThatIsNotEnoughSaysSo() throws {
        let cases: [(String?, String)] = [
            (nil, "asks for a token: --token-file"), ("reader", "the scope admin"),
            ("deployer", "the scope admin"),
        ]
        for (token, text) in cases {
            let result = try remote(token, ["hold", "user_profile", "--reason", "x"])
            #expect(result.status == 78)
            #expect(result.errors.contains(text), "\(result.errors)")
        }
        #expect(try remote("deployer", ["promote", "user_profile@2"]).status == 0)
        #expect(try remote("reader", ["ls"]).status == 0)
    }

    /// Whatever answers, or does not: what happened, and what to try.
    @Test func anotherAddressSaysWhatIsWrongWithIt() throws {
        let port = try #require(server.url.split(separator: ":").last)
        let adminPort = try #require(server.adminURL.split(separator: ":").last)
        let token = directory.file("ops").string
        let cases: [(url: String, status: Int32, text: String)] = [
            ("localhost:7481", 78, "expected http://127.0.0.1:7481 or https://host:7481"),
            ("ftp://localhost", 78, "expected http://127.0.0.1:7481 or https://host:7481"),
            ("http://127.0.0.1:\(port)", 78, "--url expects the admin port, 7481"),
            ("http://127.0.0.1:9", 69, "127.0.0.1:9: Connection refused; expected the admin port"),
            ("https://no.such.host.invalid", 69, "the host name has no address"),
            ("https://127.0.0.1:\(adminPort)", 69, "the server does not speak TLS there"),
        ]
        for (url, status, text) in cases {
            let result = try nostos.run("ls", "--url", url, "--token-file", token)
            #expect(result.status == status, "\(url)")
            #expect(result.errors.contains(text), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    /// TLS as an operator sets it up, and as a client gets it wrong.
    @Test func aServersCertificateIsChecked() throws {
        let (good, token) = (try TestCertificates(), directory.file("ops").string)
        let secure = try ServerProcess(
            nostos, "--tls-cert", good.certificateFile, "--tls-key", good.keyFile)
        let port = try #require(secure.adminURL.split(separator: ":").last)
        func list(_ url: String, _ authority: String?) throws -> NostosProgram.Result {
            try nostos.run(
                ["ls", "--url", url, "--token-file", token]
                    + (authority.map { ["--ca-file", $0] } ?? []))
        }
        let right = try list("https://localhost:\(port)", good.authority)
        #expect(right.output == (try nostos.run("ls").output))
        let signer =
            "signed it (unable to get local issuer certificate); --ca-file names the authority"
        let cases = [
            ("https://localhost:\(port)", nil, signer),
            ("https://localhost:\(port)", good.otherAuthority, signer),
            ("https://127.0.0.1:\(port)", good.authority, "certificate names another host"),
            ("https://localhost:\(port)", good.keyFile, "expected a PEM file of certificates"),
            ("https://localhost:\(port)", "none.pem", "none.pem: expected a PEM file"),
            ("http://localhost:\(port)", nil, "This port speaks TLS"),
        ]
        for (url, authority, text) in cases {
            let result = try list(url, authority)
            #expect(result.status == 69 || result.status == 78)
            #expect(result.errors.contains(text), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        #expect(secure.end() == 0)
    }

    @Test func aTokenIsKeptFromEverybodyElse() throws {
        let file = directory.file("reader").string
        let token = try String(contentsOfFile: file, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let loose = try remote("reader", ["ls"])
        #expect(loose.status == 78)
        #expect(loose.errors.contains("everybody may read it (mode 644)"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let plain = try nostos.run(
            "ls", "--url", "http://192.0.2.1:7481", "--token-file", file)
        #expect(plain.status == 78)
        #expect(plain.errors.contains("as plain text"))
        let away = try nostos.run("ls", "--url", "http://127.0.0.1:9", "--token-file", file)
        #expect(away.status == 69)
        let tokens = try String(
            contentsOfFile: directory.file("tokens.yml").string, encoding: .utf8)
        let texts = [
            loose.errors, plain.errors, away.errors, tokens, try server.logged(),
            try remote("reader", ["events"]).output,
        ]
        for text in texts { #expect(!text.contains(token)) }
    }

    /// A token that is gone from the file is good for nothing once the server has read it again.
    @Test func aRevokedTokenEndsWithTheNextReading() throws {
        let file = directory.file("tokens.yml").string
        let entries = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(try remote("reader", ["ls"]).status == 0)
        try entries.dropFirst().joined(separator: "\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        server.tellToReload()
        while try remote("reader", ["ls"]).status == 0 { usleep(10_000) }
        #expect(try remote("ops", ["ls"]).status == 0)
        // What is no tokens file changes nothing.
        try "- {name: a, sha256: short, scopes: [read]}"
            .write(toFile: file, atomically: true, encoding: .utf8)
        server.tellToReload()
        var log = ""
        while !log.contains("those in force stay") { log += try server.logged() }
        #expect(try remote("ops", ["ls"]).status == 0)
    }
}
