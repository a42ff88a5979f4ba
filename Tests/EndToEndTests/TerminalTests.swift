import Foundation
import SystemPackage
import TestSupport
import Testing

/// Progress as a person at a terminal sees it, in a real one: `script` of util-linux gives a pseudo
/// terminal, `stty` its width.
@Suite(.timeLimit(.minutes(10))) struct TerminalTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
        #expect(try nostos.run("init", ".").status == 0)
    }

    /// The lines that a run draws on a terminal of that many columns, one after another.
    private func drawn(columns: Int, term: String = "xterm") throws -> [String] {
        let program = try NostosProgram.executable().path
        let command =
            "stty cols \(columns) rows 24; cd '\(directory.path)'; "
            + "exec '\(program)' run jobs/user_profile.yml --store '\(nostos.store)'"
        let output = try runProgram(
            "/usr/bin/env",
            ["TERM=\(term)", "script", "-qec", "/bin/sh -c \"\(command)\"", "/dev/null"], input: "")
        let lines = output.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        return lines.replacing("\u{1B}[K", with: "").split(separator: "\n").map(String.init)
    }

    @Test func stagesAreDrawnWithABarThatFillsUp() throws {
        let first = try drawn(columns: 120)
        let full = String(repeating: "█", count: 20)
        let extract = try #require(
            first.first { $0.hasPrefix("extract    language") && $0.contains("10,000") })
        #expect(extract.hasPrefix("extract    language   \(full)       10,000 rows   "))
        #expect(
            first.contains { $0.hasPrefix("write                 \(full)       10,000 keys   78") })
        #expect(
            first.contains { $0.hasPrefix("read back             \(full)       10,000 keys   ") })
        #expect(first.last == "promoted user_profile 1")
        // The second time the rows are known beforehand: the bar is a part of the whole.
        let second = try drawn(columns: 120)
        let part = try #require(
            second.first { $0.hasPrefix("extract") && $0.contains("█░") && $0.contains("eta") })
        #expect(part.contains(" rows   "))
        #expect(second.last == "promoted user_profile 1 -> 2")
    }

    @Test(arguments: [20, 60, 80])
    func noLineThatIsDrawnAnewIsWiderThanTheTerminal(columns: Int) throws {
        for _ in 0..<2 {
            for line in try drawn(columns: columns) where line.contains("eta") {
                #expect(line.count < columns, "\(line)")
            }
        }
    }

    @Test func aDumbTerminalGetsLines() throws {
        let lines = try drawn(columns: 80, term: "dumb")
        // One for each stage and check, and the result.
        #expect(lines.count == 8, "\(lines)")
        #expect(lines.allSatisfy { !$0.contains("█") && !$0.contains("\u{1B}") })
    }
}
