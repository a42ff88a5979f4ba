import ArgumentParser

/// `nostos health`.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a server whether it is ready.",
        discussion: """
            Needs no token. Ends with 0 when the server is ready, with 1 and the reason when it \
            is not, and with 69 when it cannot be reached. Without --url and $NOSTOS_URL it asks \
            http://127.0.0.1:7481.
            """)

    @OptionGroup var server: ServerOptionsOfClient
    @OptionGroup var output: OutputOptions

    func run() throws {
        try Failure.guarded {
            let answer = try server.connect(default: "http://127.0.0.1:7481").health()
            let isReady = answer.status == 200
            if output.isJSON {
                Output.line(answer.text)
            } else {
                Output.line(isReady ? "ready" : "not ready: \(Self.reason(answer.text))")
            }
            if !isReady { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }

    /// The sentence of a problem document, and the jobs that it names.
    private static func reason(_ text: String) -> String {
        guard let problem = JSONMembers(Array(text.utf8)), let detail = problem["detail"] else {
            return text
        }
        let jobs = problem["jobs"].map { " \($0)" } ?? ""
        return "\(detail.dropFirst().dropLast())\(jobs)"
    }
}
