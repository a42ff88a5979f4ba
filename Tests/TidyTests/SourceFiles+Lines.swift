import Foundation

extension SourceFiles {
    /// Every Swift file of the repository; paths are relative to its root.
    static func everySwift() throws -> [SourceFile] {
        var files: [SourceFile] = []
        for folder in ["Sources", "Tests", "Benchmarks/Sources"] {
            files += try swift(in: folder).map { file in
                SourceFile(path: "\(folder)/\(file.path)", lines: file.lines)
            }
        }
        let manifest = try String(
            contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let lines = manifest.components(separatedBy: "\n")
        return files + [SourceFile(path: "Package.swift", lines: lines)]
    }
}

extension SourceFile {
    /// Whether the line is one of a documentation comment.
    func isDocumentation(_ index: Int) -> Bool {
        lines[index].drop { $0 == " " }.hasPrefix("///")
    }

    /// The comment directly above a line that holds `mark`; one comment may stand above several
    /// such lines.
    func comment(above index: Int, sharedBy mark: String) -> String {
        var top = index
        while top > 0, lines[top - 1].contains(mark), !isComment(top - 1) { top -= 1 }
        let block = lines[..<top].reversed().prefix { $0.drop { $0 == " " }.hasPrefix("//") }
        return block.reversed().joined(separator: "\n")
    }

    private func isComment(_ index: Int) -> Bool {
        lines[index].drop { $0 == " " }.hasPrefix("//")
    }
}
