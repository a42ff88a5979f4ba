import Foundation
import SystemPackage
import TestSupport

/// One shell in a fresh folder that runs the commands of a page in their order.
///
/// The folder is the one that `nostos init` makes, after two runs of its job, unless the page makes
/// one itself. `nostos` is the program under test, and free ports stand for 7480 and 7481. A server
/// in the background ends when the page starts the next one, unless both share their ports.
struct PageSession {
    /// The end of one command.
    struct Result {
        let status: Int32
        /// Standard output and standard error, in the order in which they were written.
        let output: String
    }

    /// The longest time that a page may take, in seconds.
    private static let timeLimit = 240

    private let directory: TemporaryDirectory
    /// The ports that stand for 7480 and 7481.
    let ports: (data: Int, admin: Int)

    /// A session whose folder is fresh.
    init() throws {
        directory = try TemporaryDirectory(prefix: "nostos-page")
        ports = (try freePort(), try freePort())
        for folder in ["bin", "steps", "home", "work/new"] {
            try FileManager.default.createDirectory(
                atPath: directory.file(folder).string, withIntermediateDirectories: true)
        }
        for program in ["bin/nostos", "work/new/nostos"] {
            try write(try wrapper(), to: program)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: directory.file(program).string)
        }
    }

    /// The folder in which the commands run.
    var folder: FilePath { directory.file("work") }

    /// `nostos` with free ports in the place of those that it has when no option names others.
    private func wrapper() throws -> String {
        """
        #!/bin/sh
        case "$1 $*" in
        *--port*|*--url*|*--help*) ;;
        serve*) set -- "$@" --port \(ports.data) --admin-port \(ports.admin) ;;
        health*) set -- "$@" --url http://127.0.0.1:\(ports.admin) ;;
        esac
        exec '\(try NostosProgram.executable().path)' "$@"
        """
    }

    /// The commands that make the folder in which a page begins.
    static let prelude = [
        "nostos init .", "nostos run jobs/user_profile.yml --var ds=2026-01-01",
        "nostos run jobs/user_profile.yml --var ds=2026-01-02",
    ]

    /// Writes a file of the page into the folder.
    func write(file name: String, _ text: String) throws {
        try write(substituted(text), to: "work/\(name)")
    }

    /// Runs the commands and returns how each of them ended; nil where one before it ended the
    /// shell.
    func run(_ commands: [String]) throws -> [Result?] {
        var script = """
            cd '\(folder)' || exit 1
            export HOME='\(directory.file("home"))' PATH='\(path)'
            wait_for_server() {
              i=0
              while [ $i -lt 600 ]; do
                for scheme in http https; do
                  curl -ksf "$scheme://127.0.0.1:\(ports.data)/livez" >/dev/null && return
                done
                sleep 0.1
                i=$((i + 1))
              done
            }

            """
        var isShared = false
        for (index, command) in commands.enumerated() {
            try write(substituted(command) + "\n", to: "steps/\(index)")
            let step = "'\(directory.file("steps"))/\(index)'"
            let isServer = command.contains(/nostos serve.*&/)
            if isServer {
                let shares = command.contains("--share-ports")
                if !(isShared && shares) { script += "kill $(jobs -p) 2>/dev/null; wait\n" }
                isShared = shares
            }
            script += "true; . \(step) >\(step).out 2>&1 </dev/null; echo $? >\(step).status\n"
            if isServer { script += "wait_for_server\n" }
        }
        script += "kill $(jobs -p) 2>/dev/null; wait\n"
        try write(script, to: "steps/all")
        // `timeout` ends the shell's whole group, servers in the background too.
        _ = try? runProgram(
            "/usr/bin/env",
            ["-u", "NOSTOS_STORE", "-u", "NOSTOS_URL", "timeout", "-k", "5", "\(Self.timeLimit)"]
                + ["bash", directory.file("steps").appending("all").string], input: "")
        return commands.indices.map { index in
            let file = directory.file("steps").appending("\(index)").string
            guard let status = try? String(contentsOfFile: file + ".status", encoding: .utf8),
                let code = Int32(status.trimmingCharacters(in: .whitespacesAndNewlines))
            else { return nil }
            let output = FileManager.default.contents(atPath: file + ".out") ?? Data()
            return Result(status: code, output: String(decoding: output, as: UTF8.self))
        }
    }

    /// Free ports in the place of the two that the pages name.
    private func substituted(_ text: String) -> String {
        text.replacing("7480", with: "\(ports.data)").replacing("7481", with: "\(ports.admin)")
    }

    /// The programs under test first, then those that `scripts/setup` installs.
    private var path: String {
        let virtual = DocumentPage.root.appendingPathComponent(".venv/bin").path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return "\(directory.file("bin")):\(virtual):\(path):/usr/sbin:/sbin"
    }

    private func write(_ text: String, to name: String) throws {
        let file = directory.path.appending(FilePath(name).components)
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try text.write(toFile: file.string, atomically: false, encoding: .utf8)
    }
}
