import Glibc

/// Compares a whole run with the bare source; see the README beside the package.
@main
enum NostosLoadBench {
    static func main() {
        do {
            let options = try LoadOptions(parsing: Array(CommandLine.arguments.dropFirst()))
            let results = try LoadBenchmark(options: options).run()
            guard let path = options.jsonPath else { return }
            guard let file = fopen(path, "w") else { throw Failure("cannot write \(path)") }
            fputs(LoadReport.json(results), file)
            guard fclose(file) == 0 else { throw Failure("cannot write \(path)") }
        } catch {
            say("\(error)")
            exit(1)
        }
    }
}

/// An error message for people.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Writes to standard error: progress and failures.
func say(_ text: String) {
    let line = "\(text)\n"
    // A failed write of a message has nobody to be told to.
    _ = Glibc.write(2, line, line.utf8.count)
}
