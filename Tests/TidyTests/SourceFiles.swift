import Foundation
import Testing

/// One Swift file, read as text.
struct SourceFile {
    /// The path below the folder that was searched, such as `Nostos/System/Disk.swift`.
    let path: String
    let lines: [String]

    /// The modules that the file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index < 2, index + 1 < words.count
            else { return nil }
            return String(words[index + 1].prefix { $0 != "." })
        }
    }

    /// Functions and initialisers with their lengths: from the line that opens them to the
    /// brace at the same indentation.
    var functions: [(String, Int)] {
        lines.indices.compactMap { start in
            let line = lines[start]
            guard line.contains("func ") || line.contains(" init") else { return nil }
            guard !line.contains("//"), !line.hasSuffix("}") else { return nil }
            // A requirement of a protocol has no body.
            let next = lines[min(start + 1, lines.count - 1)].drop { $0 == " " }
            let goesOn = !next.isEmpty && !next.hasPrefix("}") && !next.hasPrefix("///")
            guard line.hasSuffix("{") || goesOn else { return nil }
            let indentation = line.prefix { $0 == " " }
            let end = lines[(start + 1)...].firstIndex { $0 == indentation + "}" }
            return end.map { (line.trimmingCharacters(in: .whitespaces), $0 - start + 1) }
        }
    }
}

/// The files of the repository, read as text by the tests of this target.
enum SourceFiles {
    /// The top folder of the repository.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files below a folder of the root.
    static func swift(in folder: String) throws -> [SourceFile] {
        let top = root.appendingPathComponent(folder)
        let files = try paths(below: folder).filter { $0.hasSuffix(".swift") }.map { path in
            let text = try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8)
            return SourceFile(path: path, lines: text.components(separatedBy: "\n"))
        }
        #expect(!files.isEmpty)
        return files
    }

    /// The paths of everything below a folder of the root, relative to that folder.
    static func paths(below folder: String) throws -> [String] {
        let top = root.appendingPathComponent(folder)
        let names = try #require(FileManager.default.enumerator(atPath: top.path))
        return names.compactMap { $0 as? String }
    }

    /// The pages at the root and in `docs/`.
    static func documents() throws -> [(url: URL, text: String)] {
        try [root, root.appendingPathComponent("docs")].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasSuffix(".md") }
                .map { name in
                    let url = folder.appendingPathComponent(name)
                    return (url, try String(contentsOf: url, encoding: .utf8))
                }
        }
    }
}
