import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The origin of a client's token, and the answers of a server's port before the token is there.
@Suite(.timeLimit(.minutes(10))) struct ClientTokenTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram
    private let server: ServerProcess
    private let token: String

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        #expect(try nostos.run("init", ".").status == 0)
        #expect(try nostos.run("run", "jobs/user_profile.yml").status == 0)
        let made = try nostos.run(
            "token", "ops", "--scope", "admin", "--append", "access.yml", "--out", "ops.token")
        #expect(made.status == 0 && made.output.isEmpty, "\(made.errors)")
        token = try String(contentsOfFile: directory.file("ops.token").string, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        server = try ServerProcess(nostos, "--tokens", "access.yml")
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: directory.file(name).string)[
            .posixPermissions] as? Int
    }

    private func list(_ arguments: String...) throws -> NostosProgram.Result {
        try nostos.run(["ls", "--url", server.adminURL] + arguments)
    }

    @Test func aNewTokensFileIsForItsOwnerAlone() throws {
        #expect(try mode("ops.token") == 0o600)
        #expect(token.count > 20)
        let again = try nostos.run("token", "other", "--append", "access.yml", "--out", "ops.token")
        #expect(again.status == 74 && again.errors.contains("never overwritten"))
        let tokens = try String(
            contentsOfFile: directory.file("access.yml").string, encoding: .utf8)
        #expect(!tokens.contains("other"), "a token that cannot be kept is not made")
        #expect(try list("--token-file", "ops.token").status == 0)
    }

    @Test func aMountedSecretIsTaken() throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: directory.file("..data").string, withIntermediateDirectories: false)
        let inner = directory.file("..data").appending("token").string
        try token.write(toFile: inner, atomically: false, encoding: .utf8)
        try files.createSymbolicLink(
            atPath: directory.file("token").string, withDestinationPath: "..data/token")
        for (mode, status) in [(0o600, 0), (0o640, 0), (0o440, 0), (0o644, 78), (0o666, 78)] {
            try files.setAttributes([.posixPermissions: mode], ofItemAtPath: inner)
            let result = try list("--token-file", "token")
            #expect(result.status == Int32(status), "\(String(mode, radix: 8)): \(result.errors)")
            if status != 0 { #expect(result.errors.contains("chmod 600 token")) }
        }
    }

    @Test func theEnvironmentAndStandardInputAreTaken() throws {
        var program = nostos
        program.environment["NOSTOS_URL"] = server.adminURL
        program.environment["NOSTOS_TOKEN"] = token
        program.environment["NOSTOS_STORE"] = nil
        #expect(try program.run("ls").status == 0)
        program.environment["NOSTOS_TOKEN"] = "two words"
        #expect(try program.run("ls").errors.contains("NOSTOS_TOKEN: expected one token"))
        let path = try NostosProgram.executable().path
        for way in [
            "echo '\(token)' | '\(path)' ls --url \(server.adminURL) --token-file -",
            "'\(path)' ls --url \(server.adminURL) --token-file <(echo '\(token)')",
            "'\(path)' ls --url \(server.adminURL) --token-file /dev/stdin <<<'\(token)'",
        ] {
            let said = try runProgram("/bin/bash", ["-c", way], input: "")
            #expect(said.contains("user_profile"), "\(way)")
        }
    }

    @Test func aMissingTokenIsAskedForInTheCommandsOwnWords() throws {
        let result = try list()
        #expect(result.status == 78)
        #expect(result.errors.contains("asks for a token: --token-file"), "\(result.errors)")
        #expect(result.errors.contains("NOSTOS_TOKEN"))
        #expect(!result.errors.contains("Bearer"))
    }

    @Test func healthNeedsNoToken() throws {
        let ready = try nostos.run("health", "--url", server.adminURL)
        #expect(ready.status == 0 && ready.output == "ready\n", "\(ready.errors)")
        let json = try nostos.run("health", "--url", server.adminURL, "-o", "json")
        #expect(json.output == "{\"status\":\"ready\"}\n")
        #expect(try nostos.run("health", "--url", "http://127.0.0.1:9").status == 69)
        let table = nostos.store.appending("tables").appending("user_profile_1.table").string
        try FileManager.default.removeItem(atPath: table)
        let other = try ServerProcess(nostos, "--tokens", "access.yml")
        let damaged = try nostos.run("health", "--url", other.adminURL)
        #expect(damaged.status == 1 && damaged.output.hasPrefix("not ready: "), "\(damaged)")
    }

    @Test func anAdminRemovesAndForcesThroughTheServer() throws {
        var program = nostos
        program.environment["NOSTOS_URL"] = server.adminURL
        program.environment["NOSTOS_TOKEN"] = token
        let verified = try program.run("verify")
        #expect(verified.output == (try nostos.run("verify").output), "\(verified.errors)")
        let held = try program.run("hold", "user_profile", "--reason", "x", "-o", "json")
        #expect(held.status == 0 && held.output.contains("\"hold\""))
        let removed = try program.run("remove", "user_profile", "--reason", "a & b")
        #expect(removed.status == 0, "\(removed.errors)")
        #expect(try program.run("events", "user_profile", "-n", "1").output.contains("a & b"))
        let gone = try program.run("versions", "user_profile")
        #expect(gone.errors.contains("no job 'user_profile'"))
    }

    // MARK: Ports

    @Test func aPortInUseIsNamedBeforeAnythingListens() throws {
        let port = try #require(server.adminURL.split(separator: ":").last)
        for (more, hint) in [
            ([String](), "start both with --share-ports"),
            (["--share-ports"], "was started without --share-ports"),
        ] {
            let result = try nostos.run(["serve", "--port", "0", "--admin-port", "\(port)"] + more)
            #expect(result.status == 78)
            #expect(
                result.errors.contains("port \(port): the address is in use already"),
                "\(result.errors)")
            #expect(result.errors.contains(hint), "\(result.errors)")
            #expect(!result.errors.contains("data plane started"), "\(result.errors)")
        }
    }

    @Test func aTokensFileThatNobodyNamedIsMentioned() throws {
        try FileManager.default.copyItem(
            atPath: directory.file("access.yml").string,
            toPath: directory.file("tokens.yml").string)
        let found = try ServerProcess(nostos)
        #expect(try found.logged().contains("./tokens.yml, found in the working directory"))
    }
}
