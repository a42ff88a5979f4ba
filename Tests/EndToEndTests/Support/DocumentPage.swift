import Foundation
import Testing

/// A page of the documentation: its sections and the fenced blocks of each.
///
/// A block is marked by the first word after its fence. `console` holds commands, one for each line
/// that begins with `$ `, and what they print. Every other block is a file: the second word, where
/// there is one, is the file's name.
struct DocumentPage {
    /// A fenced block.
    struct Block {
        /// The heading that the block stands under, without its `#`.
        let section: String
        /// The word after the fence; empty where there is none.
        let language: String
        /// The name of the file that the block is, or nil.
        let name: String?
        /// The lines between the fences.
        let lines: [String]
        /// The line of the opening fence, from 1.
        let line: Int

        /// The text of the file that the block is.
        var text: String { lines.map { $0 + "\n" }.joined() }
    }

    /// A command and what the page says of it.
    struct Step {
        /// The command as a shell reads it; lines that end with a backslash are joined by it.
        let command: String
        /// The lines that the page shows as the command's output.
        let shown: [String]
        /// The line of the command in the page, from 1.
        let line: Int

        /// The exit code that a comment behind the command documents as `exit code N`; else 0.
        var status: Int32 {
            let code = command.firstMatch(of: /#.*exit code ([0-9]+)/)?.1
            return code.flatMap { Int32($0) } ?? 0
        }
    }

    /// The path from the root of the repository, such as `docs/cli.md`.
    let path: String
    let blocks: [Block]
    /// The lines outside of blocks that are indented by four spaces: Markdown shows them as code.
    let indentedLines: [Int]

    /// README and all pages of `docs/`, sorted.
    static func all() throws -> [DocumentPage] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("docs").path)
        let pages = names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
        return try (["README.md"] + pages).map { try DocumentPage($0) }
    }

    /// The root of the repository.
    static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }

    /// The page at a path from the root of the repository.
    init(_ path: String) throws {
        let url = Self.root.appendingPathComponent(path)
        self.init(path: path, text: try String(contentsOf: url, encoding: .utf8))
    }

    /// The page with that text.
    init(path: String, text: String) {
        self.path = path
        var blocks: [Block] = []
        var indentedLines: [Int] = []
        var section = ""
        var open: (words: [String], lines: [String], line: Int)?
        var isAfterBlank = true
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(
                        Block(
                            section: section, language: block.words.first ?? "",
                            name: block.words.dropFirst().first, lines: block.lines,
                            line: block.line))
                    open = nil
                } else {
                    let words = line.dropFirst(3).split(separator: " ").map(String.init)
                    open = (words, [], index + 1)
                }
            } else if open != nil {
                open?.lines.append(line)
            } else if line.hasPrefix("#") {
                section = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
            } else if isAfterBlank, line.hasPrefix("    ") {
                indentedLines.append(index + 1)
            }
            isAfterBlank = line.isEmpty || isAfterBlank && line.hasPrefix("    ")
        }
        self.blocks = blocks
        self.indentedLines = indentedLines
    }

    /// The commands of a section, or of the whole page.
    func steps(in section: String? = nil) -> [Step] {
        blocks.filter { section == nil || $0.section == section }.flatMap { Self.steps(of: $0) }
    }

    /// The block that is the file of that name.
    func file(_ name: String) throws -> String {
        try #require(blocks.first { $0.name == name }, "\(path): \(name)").text
    }

    /// The commands of a block; none where it is a file.
    static func steps(of block: Block) -> [Step] {
        guard block.language == "console" else { return [] }
        var steps: [Step] = []
        var isContinued = false
        for (index, line) in block.lines.enumerated() {
            if line.hasPrefix("$ ") {
                steps.append(
                    Step(
                        command: String(line.dropFirst(2)), shown: [], line: block.line + index + 1)
                )
            } else if let last = steps.popLast() {
                let command = isContinued ? "\(last.command)\n\(line)" : last.command
                let shown = isContinued ? [] : last.shown + [line]
                steps.append(Step(command: command, shown: shown, line: last.line))
            }
            isContinued = line.hasSuffix("\\") && (line.hasPrefix("$ ") || isContinued)
        }
        return steps
    }
}
