import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The recipes of `docs/operating.md`, each under what it is for: a night that fails, runs that
/// write during a backup, clients that ask during an upgrade.
@Suite(.timeLimit(.minutes(10))) struct RecipesTests {
    private let page: DocumentPage
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        page = try DocumentPage("docs/operating.md")
        directory = try TemporaryDirectory()
        var nostos = NostosProgram(in: directory.path)
        nostos.environment["NOSTOS_STORE"] = directory.file("nostos-store").string
        self.nostos = nostos
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    /// Writes a program in place of a real one; it notes its arguments and its input in `sent`.
    private func writeStub(_ name: String, _ script: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory.file("bin").string, withIntermediateDirectories: true)
        try write("#!/bin/sh\n\(script)\n", "bin/\(name)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: directory.file("bin/\(name)").string)
    }

    // MARK: cron

    /// The commands of the crontab, for the folder of this test.
    private func cronCommands() throws -> [String] {
        let lines = try page.file("crontab").split(separator: "\n")
        #expect(lines.first?.hasPrefix("PATH=") == true)
        return try lines.dropFirst().map { line in
            // To cron a percent sign is the end of the line.
            #expect(!line.contains("%"), "\(line)")
            let fields = line.split(separator: " ", maxSplits: 5)
            try #require(fields.count == 6, "\(line)")
            #expect(fields.prefix(5).allSatisfy { $0.allSatisfy { "0123456789*/,-".contains($0) } })
            return String(fields[5]).replacing("/srv/nostos", with: directory.path.string)
        }
    }

    /// Runs a line of the crontab as cron does; returns what went to the people on call.
    private func night(_ command: String) throws -> String {
        let path = "PATH=\(directory.file("bin")):/usr/bin:/bin"
        let sent = directory.file("sent").string
        try? FileManager.default.removeItem(atPath: sent)
        _ = try? runProgram("/usr/bin/env", ["-i", path, "sh", "-c", command], input: "")
        return (try? String(contentsOfFile: sent, encoding: .utf8)) ?? ""
    }

    @Test func aNightThatFailsReachesThePeopleOnCall() throws {
        try writeStub("nostos", "exec '\(try NostosProgram.executable().path)' \"$@\"")
        try writeStub("mail", "{ echo \"mail $*\"; cat; } >'\(directory.file("sent"))'")
        try writeStub(
            "curl",
            """
            for last; do :; done
            { echo "curl $last"; cat verify.log; } >'\(directory.file("sent"))'
            """)
        #expect(try nostos.run("init", ".").status == 0)
        let commands = try cronCommands()
        try #require(commands.count == 2)
        for command in commands { #expect(try night(command) == "") }
        let job = directory.file("jobs/user_profile.yml").string
        let text = try String(contentsOfFile: job, encoding: .utf8)
        try write(text.replacing("min: 1000", with: "min: 99000"), "jobs/user_profile.yml")
        let mail = try night(commands[0])
        #expect(mail.hasPrefix("mail -s nostos: exit 2 ops@example.org\n"), "\(mail)")
        #expect(mail.contains("row_count") && mail.contains("FAILED"), "\(mail)")
        let table = directory.file("nostos-store/tables/user_profile_1.table").string
        let file = try #require(FileHandle(forUpdatingAtPath: table))
        try file.seek(toOffset: 20_000)
        try file.write(contentsOf: Data(repeating: 0x55, count: 64))
        let hook = try night(commands[1])
        #expect(hook.hasPrefix("curl https://hooks.example.org/nostos?exit=74\n"), "\(hook)")
        #expect(hook.contains("DAMAGED  user_profile@1"), "\(hook)")
    }

    // MARK: systemd

    @Test func theSystemdUnitIsValidAndItsCommandsWork() throws {
        let program = try NostosProgram.executable().path
        let unit = try page.file("nostos.service")
            .replacing("/usr/local/bin/nostos", with: program)
        try write(unit, "nostos.service")
        let analyze = "/usr/bin/systemd-analyze"
        if FileManager.default.isExecutableFile(atPath: analyze) {
            let file = directory.file("nostos.service").string
            let said = try runProgram(
                "/bin/sh", ["-c", "'\(analyze)' verify '\(file)' 2>&1"], input: "")
            #expect(said == "")
        }
        func value(_ key: String) throws -> [String] {
            let line = unit.split(separator: "\n").first { $0.hasPrefix("\(key)=") }
            return try #require(line, "\(key)").dropFirst(key.count + 1).split(separator: " ")
                .map(String.init)
        }
        for section in ["[Unit]", "[Service]", "[Install]"] { #expect(unit.contains(section)) }
        #expect(try nostos.run("token", "ops", "--append", "tokens.yml").status == 0)
        let start = try value("ExecStart")
        #expect(start.prefix(2) == [program, "serve"])
        let places = [
            "/srv/nostos/nostos-store": nostos.environment["NOSTOS_STORE"],
            "/etc/nostos/tokens.yml": "tokens.yml", "5s": "100ms",
        ]
        let server = try ServerProcess(
            nostos, start.dropFirst(2).map { places[$0, default: $0] ?? $0 })
        #expect(try value("ExecReload") == ["/bin/kill", "-HUP", "$MAINPID"])
        server.tellToReload()
        var log = ""
        while !log.contains("read again") {
            log += try server.logged()
            usleep(10_000)
        }
        #expect(server.end() == 0)
        #expect(try value("ReadWritePaths") == ["/srv/nostos/nostos-store"])
    }

    // MARK: Backup

    @Test func aBackupThatIsMadeWhileRunsWriteIsSoundAndAnswersAlike() throws {
        let steps = page.steps(in: "Back up and restore").map(\.command)
        let verify = try #require(steps.firstIndex { $0.contains("nostos verify") })
        let restore = try #require(steps.firstIndex { $0.contains("restored") })
        let copies = (1...6).flatMap { _ in steps[..<restore] + ["sleep 0.4"] }
        let commands =
            PageSession.prelude + [
                """
                n=0
                until [ -e stop ]; do
                  n=$((n + 1))
                  nostos run jobs/user_profile.yml --var ds=2026-02-$((n % 18 + 10)) || touch failed
                done &
                WRITER=$!
                """, "sleep 1",
            ] + copies + ["touch stop && wait $WRITER && test ! -e failed"] + steps[restore...] + [
                """
                field() { tr -d ' \\n' | grep -o "\\"$1\\":[0-9]*" | head -n 1 | cut -d: -f 2; }
                restored=$(nostos versions user_profile --store restored -o json | field current)
                newest=$(nostos versions user_profile -o json | field current)
                nostos scan user_profile@$restored >before
                nostos scan user_profile --store restored >after
                cmp before after && test -s after && test "$restored" -ge 4
                echo "restored $restored, the newest is $newest"
                """
            ]
        let results = try PageSession().run(commands)
        for (command, result) in zip(commands, results) {
            #expect(result?.status == 0, "\(command)\n\(result?.output ?? "did not end")")
        }
        let verified = results[commands.count - 1 - (steps.count - verify)]
        #expect(verified?.output.contains("ok       user_profile@") == true)
        #expect(verified?.output.contains("DAMAGED") == false)
    }

    // MARK: Upgrade

    @Test func anUpgradeFailsNoRequest() throws {
        let session = try PageSession()
        let steps = page.steps(in: "Upgrade without a failed request").map(\.command)
        try #require(steps.count == 4)
        let commands =
            PageSession.prelude + steps.prefix(2) + [
                "touch started && until [ -e loaded ]; do sleep 0.05; done"
            ] + steps.dropFirst(2) + [
                "wait \"$OLD\"", "touch upgraded && until [ -e finished ]; do sleep 0.05; done",
            ]
        func isThere(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: session.folder.appending(name).string)
        }
        func make(_ name: String) throws {
            try Data().write(to: URL(fileURLWithPath: session.folder.appending(name).string))
        }
        let results = Mutex<[PageSession.Result?]?>(nil)
        func isRunning() -> Bool { results.withLock { $0 == nil } }
        Thread {
            let ended = (try? session.run(commands)) ?? []
            results.withLock { $0 = ended }
        }.start()
        while isRunning(), !isThere("started") { usleep(10_000) }
        try #require(isThere("started"), "the old server did not start")
        let loop = RequestLoop(
            "http://127.0.0.1:\(session.ports.data)",
            path: "/v1/jobs/user_profile/keys/1002?fields=language")
        loop.awaitAnswers(200)
        try make("loaded")
        while isRunning(), !isThere("upgraded") { usleep(10_000) }
        try #require(isThere("upgraded"), "the old server did not end")
        loop.awaitAnswers(200)
        #expect(loop.end() == [])
        try make("finished")
        while isRunning() { usleep(10_000) }
        for (command, result) in zip(commands, results.withLock { $0 } ?? []) {
            #expect(result?.status == 0, "\(command)\n\(result?.output ?? "did not end")")
        }
    }
}
