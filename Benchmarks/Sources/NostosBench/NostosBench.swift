import Glibc

/// Compares the table with its rivals; see the README beside the package.
@main
enum NostosBench {
    static func main() {
        do {
            let arguments = CommandLine.arguments.dropFirst()
            switch arguments.first {
            case "worker": try Worker.run(Array(arguments.dropFirst()))
            case "http": try http(Array(arguments.dropFirst()))
            case "table": try table(Array(arguments.dropFirst()))
            default: throw Failure(Options.usage)
            }
        } catch {
            say("\(error)")
            exit(1)
        }
    }

    private static func table(_ arguments: [String]) throws {
        let options = try Options(parsing: arguments)
        let results = try TableBenchmark(options: options).run()
        guard let path = options.jsonPath else { return }
        let file = try OutputFile(creating: path)
        Array(JSONReport.text(results).utf8).withUnsafeBytes { file.write($0) }
        try file.close()
    }

    private static func http(_ arguments: [String]) throws {
        let options = try HTTPOptions(parsing: arguments)
        let results = try HTTPBenchmark(options: options).run()
        print(results.text)
        guard let path = options.jsonPath else { return }
        let file = try OutputFile(creating: path)
        Array(results.json.utf8).withUnsafeBytes { file.write($0) }
        try file.close()
    }
}
