import Foundation
import SystemPackage
import TestSupport
import Testing

/// The commands of README and of every page in `docs/` work as the pages show them.
@Suite(.timeLimit(.minutes(10))) struct DocumentationTests {
    /// A command that a test cannot run, with the reason.
    private struct Exception {
        let page: String
        /// The begin of the command.
        let command: String
        let reason: String

        func covers(_ step: DocumentPage.Step, of page: DocumentPage) -> Bool {
            page.path == self.page && step.command.hasPrefix(command)
        }
    }

    private static let exceptions = [
        Exception(
            page: "README.md", command: "scripts/demo",
            reason: "builds a release, which takes minutes, and stays up"),
        Exception(
            page: "README.md", command: "swift build",
            reason: "the tests run the program that is built already"),
        Exception(
            page: "README.md", command: "scripts/test", reason: "it would run this test again"),
        Exception(
            page: "README.md", command: ".ci/run", reason: "it would run this test again"),
    ]

    /// The languages that a block of a page may have.
    private static let languages: Set<String> = [
        "console", "csv", "http", "ini", "json", "python", "sh", "swift", "text", "yaml",
    ]

    @Test func everyBlockIsMarkedInTheOneWay() throws {
        for page in try DocumentPage.all() {
            for block in page.blocks {
                #expect(
                    Self.languages.contains(block.language),
                    "\(page.path):\(block.line): expected one of \(Self.languages.sorted())")
                guard block.language == "console" else { continue }
                let first = block.lines.first ?? ""
                #expect(first.hasPrefix("$ "), "\(page.path):\(block.line): expected a command")
            }
            for line in page.indentedLines {
                let text = "expected a fenced block with its language, found indented code"
                Issue.record("\(page.path):\(line): \(text)")
            }
        }
    }

    @Test func everyExceptionIsStillNeeded() throws {
        let pages = try DocumentPage.all()
        for exception in Self.exceptions {
            let isNeeded = pages.contains { page in
                page.steps().contains { exception.covers($0, of: page) }
            }
            #expect(isNeeded, "\(exception.page): \(exception.command)")
            #expect(!exception.reason.isEmpty)
        }
    }

    /// A job file on a page is right, though its sources exist only where a command reads them.
    @Test func everyJobFileOfAPageIsValid() throws {
        let directory = try TemporaryDirectory()
        let nostos = NostosProgram(in: directory.path)
        for page in try DocumentPage.all() {
            for block in page.blocks where block.language == "yaml" {
                guard block.lines.first?.hasPrefix("job:") == true else { continue }
                try block.text.write(
                    toFile: directory.file("job.yml").string, atomically: false, encoding: .utf8)
                let result = try nostos.run("validate", "job.yml")
                #expect(result.status == 0, "\(page.path):\(block.line): \(result.errors)")
            }
        }
    }

    @Test(arguments: try DocumentPage.all().map(\.path))
    func everyCommandDoesWhatThePageShows(path: String) throws {
        let page = try DocumentPage(path)
        let session = try PageSession()
        for block in page.blocks {
            if let name = block.name { try session.write(file: name, block.text) }
        }
        let steps = page.steps().filter { step in
            !Self.exceptions.contains { $0.covers(step, of: page) }
        }
        guard !steps.isEmpty else { return }
        let makesStore = steps.contains { $0.command.hasPrefix("nostos init") }
        let prelude = makesStore ? [] : PageSession.prelude
        let results = try session.run(prelude + steps.map(\.command))
        for (command, result) in zip(prelude, results) {
            #expect(result?.status == 0, "\(command): \(result?.output ?? "")")
        }
        for (step, result) in zip(steps, results.dropFirst(prelude.count)) {
            let place = "\(path):\(step.line): \(step.command)"
            guard let result else {
                Issue.record("\(place): did not end, or a command before it ended the shell")
                continue
            }
            #expect(result.status == step.status, "\(place)\n\(result.output)")
            let output = Self.skeleton(result.output)
            for line in step.shown {
                for part in line.split(separator: "…") where !Self.skeleton(part).isEmpty {
                    let isThere = output.contains(Self.skeleton(part))
                    #expect(isThere, "\(place)\nshown: \(line)\nprinted: \(result.output)")
                }
            }
        }
    }

    /// The text without what differs from run to run: every number is 0, and spaces and the cells
    /// of progress bars are left out.
    private static func skeleton(_ text: some StringProtocol) -> String {
        String(text).replacing(/[0-9]+([.,][0-9]+)*/, with: "0").replacing(/[\s█░]+/, with: "")
    }
}
