import ArgumentParser
import NostosLoader

/// `nostos validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check job files alone: no source is touched.")

    @OptionGroup var files: JobFileOptions

    func run() throws {
        try Failure.guarded {
            var failures: [any Error] = []
            for file in files.files {
                do {
                    try validate(file)
                } catch let error as JobFileErrors {
                    failures.append(error)
                    Output.message("\(error)")
                }
            }
            if !failures.isEmpty { throw ExitCode(ExitStatus.badData.rawValue) }
        }
    }

    private func validate(_ file: String) throws {
        var one = files
        one.files = [file]
        for (job, _) in try one.load() {
            for diagnostic in job.unsupported {
                Output.message("\(diagnostic.with(severity: .warning))")
            }
            let generators = job.generators.map(\.name).joined(separator: ", ")
            Output.line("\(file): job \(job.name): ok; generators: \(generators)")
        }
    }
}
