import SystemPackage
import Testing

@testable import NostosLoader

/// Whose fault the end of a program is.
@Suite(.timeLimit(.minutes(10))) struct CommandEndTests {
    private func error(_ script: String) -> SourceError? {
        let source = CommandSource(
            command: CommandInput(
                words: ["/bin/sh", "-c", script], format: .jsonl, timeout: .seconds(60)),
            directory: "/tmp", contract: TextContract(keys: ["id"]), mask: SecretMask())
        do throws(SourceError) {
            let cursor = try source.open()
            var row = Row()
            while try cursor.next(into: &row) {}
            return nil
        } catch {
            return error
        }
    }

    /// A program that fails by itself before its first row is bad data; what else ends one may be
    /// gone at the next attempt.
    @Test(arguments: [
        ("exit 1", true), ("exit 70", true), ("kill -SEGV $$", true), ("exit 69", false),
        ("exit 75", false), ("kill -KILL $$", false), ("kill -TERM $$", false),
    ])
    func itsEndTellsWhoseFaultItIs(script: String, isOwn: Bool) {
        guard case .interrupted? = error("echo '{\"id\":1,\"a\":1}'; \(script)") else {
            Issue.record("\(script) after a row")
            return
        }
        switch error(script) {
        case .badInput: #expect(isOwn, "\(script)")
        case .interrupted: #expect(!isOwn, "\(script)")
        case let error: Issue.record("\(String(describing: error))")
        }
    }
}
