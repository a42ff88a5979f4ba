import ArgumentParser
import NostosLoader

/// `nostos validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check job files without touching a source.",
        discussion: """
            A file that a job reads and that is not there is a warning: it may come before the \
            run. --schema prints the JSON Schema of job files; point your editor at it, for \
            example with a first line "# yaml-language-server: $schema=nostos.schema.json".
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var inputs: JobInputOptions
    @Flag(help: "Print the JSON Schema (2020-12) of job files for editors.") var schema = false
    @Argument(help: "Job files.", completion: .file(extensions: ["yml", "yaml"]))
    var files: [String] = []

    /// The document of `-o json` for one file.
    private struct Report: Encodable {
        struct ValidJob: Encodable {
            let name: String
            let generators: [String]
        }

        let file: String
        var jobs: [ValidJob] = []
        var errors: [JobDiagnostic] = []
        var warnings: [JobDiagnostic] = []
    }

    func validate() throws {
        guard schema || !files.isEmpty else {
            throw ValidationError("expected job files, or --schema")
        }
    }

    func run() throws {
        try Failure.guarded {
            if schema { Output.line(JobSchema.text) }
            let reports = try inputs.jobFiles(among: files).map(report)
            if output.isJSON {
                if !files.isEmpty { try Output.json(reports) }
            } else {
                reports.forEach(show)
            }
            guard reports.allSatisfy(\.errors.isEmpty) else {
                throw ExitCode(ExitStatus.badData.rawValue)
            }
        }
    }

    private func report(_ file: String) throws -> Report {
        var report = Report(file: file)
        do throws(any Error) {
            for (job, _) in try inputs.load(file, warn: { report.warnings.append($0) }) {
                report.jobs.append(
                    Report.ValidJob(name: job.name, generators: job.generators.map(\.name)))
                report.warnings += job.missingFiles()
            }
        } catch let error as JobFileErrors {
            report.errors = error.errors
            report.warnings = error.warnings
        }
        return report
    }

    private func show(_ report: Report) {
        for diagnostic in report.warnings + report.errors { Output.message("\(diagnostic)") }
        guard report.errors.isEmpty else { return }
        for job in report.jobs {
            let generators = job.generators.joined(separator: ", ")
            Output.line("\(report.file): job \(job.name): ok; generators: \(generators)")
        }
    }
}
