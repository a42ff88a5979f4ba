import Foundation
import SystemPackage
import TestSupport
import Testing

/// The `nostos` that was built beside these tests, run as people run it.
struct NostosProgram {
    /// The result of running it.
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The path of the store, and the rest of the program's environment.
    var environment: [String: String] = [:]
    /// The working directory.
    let directory: FilePath

    init(in directory: FilePath) {
        self.directory = directory
        environment["NOSTOS_STORE"] = directory.appending("store").string
    }

    /// The store's directory.
    var store: FilePath { directory.appending("store") }

    /// Lets it find what `scripts/setup --with-test-servers` has installed for jobs' programs:
    /// DuckDB's, and a Python that has pandas.
    mutating func useProgramsOfJobs() throws {
        let programs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".venv/bin").path
        #expect(
            FileManager.default.isExecutableFile(atPath: programs + "/duckdb"),
            "DuckDB and pandas are not installed: scripts/setup --with-test-servers")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        environment["PATH"] = "\(programs):\(path)"
    }

    /// Runs it to its end.
    func run(_ arguments: String...) throws -> Result { try run(arguments) }

    /// Runs it to its end.
    func run(_ arguments: [String]) throws -> Result {
        let (process, output, errors) = try start(arguments)
        let texts = (try output.readToEnd() ?? Data(), try errors.readToEnd() ?? Data())
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: texts.0, as: UTF8.self),
            errors: String(decoding: texts.1, as: UTF8.self))
    }

    /// Starts it; the caller waits for it or kills it.
    ///
    /// Standard output goes to `target` where one is given. Standard error goes to a file, so that
    /// neither pipe can fill while the other is read.
    func start(
        _ arguments: [String], output target: FileHandle? = nil
    ) throws -> (Process, FileHandle, FileHandle) {
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory.string)
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NOSTOS") }
        environment.merge(self.environment) { _, ours in ours }
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        if let target { process.standardOutput = target } else { process.standardOutput = output }
        let log = directory.appending("stderr-\(UUID().uuidString)").string
        try Data().write(to: URL(fileURLWithPath: log))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        try process.run()
        return (
            process, output.fileHandleForReading,
            try FileHandle(forReadingFrom: URL(fileURLWithPath: log))
        )
    }

    /// The program under test.
    static func executable() throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("nostos")
    }
}

/// A `nostos serve` under test; ends when the object goes.
final class ServerProcess {
    private let process: Process
    private let log: FileHandle
    /// Such as `http://127.0.0.1:40123`.
    let url: String

    /// Such as `http://127.0.0.1:40124`, and the one-time code where there is one.
    let adminURL: String
    let code: String?

    /// Starts a server and waits until it says where it listens.
    convenience init(
        _ program: NostosProgram, _ arguments: String..., port: String = "0",
        adminPort: String = "0"
    ) throws {
        try self.init(program, arguments, port: port, adminPort: adminPort)
    }

    /// Starts a server and waits until it says where it listens.
    init(
        _ program: NostosProgram, _ arguments: [String], port: String = "0",
        adminPort: String = "0"
    ) throws {
        let (process, output, errors) = try program.start(
            ["serve", "--port", port, "--admin-port", adminPort] + arguments)
        log = errors
        self.process = process
        var text = ""
        while text.count(where: \.isNewline) < 2 {
            let data = output.availableData
            guard !data.isEmpty else {
                let said = String(decoding: try errors.readToEnd() ?? Data(), as: UTF8.self)
                throw ProgramEnded(description: "nostos serve ended: \(said)")
            }
            text += String(decoding: data, as: UTF8.self)
        }
        let lines = text.split(separator: "\n").map { $0.split(separator: " ")[1] }
        let admin = lines[1].split(separator: "/login?code=")
        url = String(lines[0].dropLast())
        adminURL = String(admin.count > 1 ? admin[0] : lines[1].dropLast())
        code = admin.count > 1 ? String(admin[1]) : nil
    }

    deinit { _ = end() }

    /// Tells it to end, and does not wait.
    func tellToEnd() { process.terminate() }

    /// Tells it to read tokens and certificates again.
    func tellToReload() { kill(process.processIdentifier, SIGHUP) }

    /// The text logged since the last call.
    func logged() throws -> String {
        String(decoding: try log.readToEnd() ?? Data(), as: UTF8.self)
    }

    /// Tells it to end, as a service manager does, and waits.
    ///
    /// - Returns: its exit code.
    func end() -> Int32 {
        process.terminate()
        return awaitEnd()
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code.
    func awaitEnd() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// A program that was to go on has ended.
struct ProgramEnded: Error, CustomStringConvertible {
    let description: String
}
