import Testing

/// The time limits of suites that wait for something.
@Suite struct TimeLimitTests {
    /// The names that stand in a suite which waits for a process, a server or a thread.
    private static let waits = [
        "BatchQueue", "CheckedRun", "CommandSource", "JobRuns", "LiveControl", "LiveServer",
        "NostosProgram", "PageSession", "PostgresServer", "ServerProxy", "SilentListener",
        "TestClient", "Thread", "nanosleep", "runProgram", "sleep", "usleep", "waitUntilExit",
    ]

    /// Without a limit a test that waits in vain stops all tests, and names nothing.
    @Test func everySuiteThatWaitsHasATimeLimit() throws {
        var count = 0
        for file in try SourceFiles.swift(in: "Tests") where !file.path.hasPrefix("TidyTests/") {
            guard let suite = file.lines.first(where: { $0.contains("@Suite") }) else { continue }
            let words = Set(file.lines.flatMap { $0.split { !$0.isLetter } }.map(String.init))
            guard let wait = Self.waits.first(where: words.contains) else { continue }
            #expect(suite.contains(".timeLimit("), "\(file.path) waits: \(wait)")
            count += 1
        }
        #expect(count > 50)
    }
}
