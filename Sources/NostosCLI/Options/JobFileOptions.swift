import ArgumentParser
import Foundation
import NostosLoader
import SystemPackage

/// The job files of a call, with their variables and connections.
struct JobFileOptions: ParsableArguments {
    @Argument(help: "Job files.", completion: .file(extensions: ["yml", "yaml"]))
    var files: [String]

    @OptionGroup var inputs: JobInputOptions

    /// All jobs of all files with their connections; see ``JobInputOptions/jobFiles(among:)``.
    func load(warn: (JobDiagnostic) -> Void) throws -> [(Job, Connections)] {
        try inputs.jobFiles(among: files).flatMap { try inputs.load($0, warn: warn) }
    }
}

/// The variables and the connections file of job files.
struct JobInputOptions: ParsableArguments {
    @Option(
        name: .customLong("var"),
        help: ArgumentHelp("A variable for {{ templates }}.", valueName: "name=value"))
    var variables: [String] = []

    @Option(
        name: .customLong("connections"),
        help: ArgumentHelp(
            "The connections file (default: connections.yml beside the job file).",
            valueName: "file"))
    var connectionsFile: String?

    /// The files without the connections file, which `jobs/*.yml` names too.
    ///
    /// - Throws: ``Failure`` where no other file is left.
    func jobFiles(among files: [String]) throws -> [String] {
        let jobs = files.filter { !isConnectionsFile($0) }
        guard jobs.isEmpty, let file = files.first else { return jobs }
        throw Failure(.badData, "\(file) is the connections file, expected a job file")
    }

    /// Whether a file has the name of the connections file, or is the one of `--connections`.
    private func isConnectionsFile(_ file: String) -> Bool {
        let path = FilePath(file).lexicallyNormalized()
        if path.lastComponent?.string == Connections.fileName { return true }
        guard let connectionsFile else { return false }
        let url = URL(fileURLWithPath: file).resolvingSymlinksInPath().standardizedFileURL
        let other = URL(fileURLWithPath: connectionsFile).resolvingSymlinksInPath()
        return url == other.standardizedFileURL
    }

    /// All jobs of one file with their connections.
    func load(_ file: String, warn: (JobDiagnostic) -> Void) throws -> [(Job, Connections)] {
        let environment = ProcessInfo.processInfo.environment
        let contents = try JobFile.load(
            FilePath(file), vars: try vars(), environment: environment)
        contents.warnings.forEach(warn)
        let connections = try Connections.load(
            for: FilePath(file), file: connectionsFile.map { FilePath($0) },
            environment: environment)
        return contents.jobs.map { ($0, connections) }
    }

    /// The variables by name.
    func vars() throws -> [String: String] {
        var vars: [String: String] = [:]
        for variable in variables {
            guard let equals = variable.firstIndex(of: "="), equals != variable.startIndex else {
                throw ValidationError("--var \(variable): expected name=value")
            }
            vars[String(variable[..<equals])] = String(variable[variable.index(after: equals)...])
        }
        return vars
    }
}

/// A number of bytes with an optional K, M or G (of 1,024).
struct MemorySize: ExpressibleByArgument {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = argument.last.flatMap { units[Character($0.uppercased())] }
        guard let count = Int(unit == nil ? argument[...] : argument.dropLast()) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow, bytes >= 32 << 20 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes >> 20)M" }
}

/// A duration as job files write it: a whole number with s, m, h or d.
struct Delay: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }),
            let count = Int64(argument.dropLast()), (0...36_500).contains(count)
        else { return nil }
        duration = .seconds(count * unit)
    }

    /// `$NOSTOS_DROP_DELAY`, or nil.
    static func fromEnvironment() throws -> Duration? {
        guard let text = ProcessInfo.processInfo.environment["NOSTOS_DROP_DELAY"] else {
            return nil
        }
        guard let delay = Delay(argument: text) else {
            throw Failure(
                .configuration,
                "NOSTOS_DROP_DELAY: found \"\(text)\", expected a duration such as 0s or 10m")
        }
        return delay.duration
    }
}
