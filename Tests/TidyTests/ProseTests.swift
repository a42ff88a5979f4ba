import Foundation
import Testing

/// The prose of comments, pages and templates.
@Suite struct ProseTests {
    @Test func nothingIsLeftUndoneByItsOwnWords() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in try SourceFiles.swift(in: "Sources") + SourceFiles.swift(in: "Tests") {
            for line in file.lines {
                let found = line.split { !$0.isLetter }.first { words.contains(String($0)) }
                #expect(found == nil, "\(file.path): \(line)")
            }
        }
    }

    /// A comment names the noun first; "Whether" stays for Booleans.
    @Test func noDocumentationCommentOpensWithAQuestion() throws {
        let questions: Set = ["What", "Where", "Who", "Why", "How", "Which"]
        for file in try SourceFiles.everySwift() {
            for (index, line) in file.lines.enumerated() {
                let text = line.drop { $0 == " " }
                guard text.hasPrefix("/// "), index == 0 || !file.isDocumentation(index - 1) else {
                    continue
                }
                let first = String(text.dropFirst(4).prefix { $0.isLetter })
                #expect(!questions.contains(first), "\(file.path):\(index + 1): \(text)")
            }
        }
    }

    /// Three braces insert a value into HTML as it is: hostile values would become markup.
    @Test func noTemplateInsertsUnescapedValues() throws {
        for path in try SourceFiles.paths(below: "Sources") {
            let isTemplate = path.hasSuffix(".mustache") || path.hasSuffix(".html")
            guard isTemplate || path.hasSuffix(".swift") else { continue }
            let url = SourceFiles.root.appendingPathComponent("Sources/\(path)")
            let text = try String(contentsOf: url, encoding: .utf8)
            #expect(!text.contains("{{{"), "\(path)")
        }
    }

    @Test func everyRelativeLinkOfADocumentLeadsToAFile() throws {
        var count = 0
        for page in try SourceFiles.documents() {
            for match in page.text.matches(of: /\]\(([^)#:]+)[^):]*\)/) {
                let target = page.url.deletingLastPathComponent()
                    .appendingPathComponent(String(match.1))
                #expect(
                    FileManager.default.fileExists(atPath: target.path),
                    "\(page.url.lastPathComponent): \(match.1)")
                count += 1
            }
        }
        #expect(count > 0)
    }
}
