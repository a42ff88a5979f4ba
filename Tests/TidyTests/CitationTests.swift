import Foundation
import Testing

/// Every document, heading, file and type that is cited ships with the project.
///
/// A citation is a path such as docs/design.md, with or without a heading in quotation marks after
/// a comma. It may be broken over two lines of a comment.
@Suite struct CitationTests {
    /// Documents that do not ship; spelled in parts, because this file is read too.
    private static let outside = [
        "CONT" + "RACT", "RELIA" + "BILITY", "CAPA" + "BILITIES", "DES" + "IGN",
    ]
    /// The pages whose names of files and types must exist.
    private static let checked = [
        "design", "table-format", "catalog", "data-plane", "CONTRIBUTING",
    ]
    /// Files and folders that the answer to "Where would MySQL go" proposes.
    private static let proposed = ["Sources/CMySQL", "Sources/NostosLoader/Source/MySQL"]

    @Test func everyCitationResolves() throws {
        let headings = try Self.headings()
        var count = 0
        for file in try Self.citingFiles() {
            let text = Self.joined(file.text)
            for word in text.matches(of: /\b[A-Z]{6,}\b/)
            where Self.outside.contains(String(word.0)) {
                Issue.record("\(file.path) cites \(word.0), which does not ship")
            }
            for match in text.matches(of: /docs\/([a-z-]+)\.md(?:`?, "([^"]+)")?/) {
                count += 1
                let page = String(match.1)
                guard let known = headings[page] else {
                    Issue.record("\(file.path): there is no docs/\(page).md")
                    continue
                }
                guard let heading = match.2.map(String.init) else { continue }
                let isThere = known.contains(heading)
                #expect(isThere, "\(file.path): docs/\(page).md has no heading \"\(heading)\"")
            }
        }
        #expect(count > 0)
    }

    @Test func everyHeadingThatAPageCitesIsThere() throws {
        let headings = try Self.headings()
        for page in try SourceFiles.documents() {
            let text = Self.joined(page.text)
            for match in text.matches(of: /\]\((?:docs\/)?([a-z-]+)\.md\), "([^"]+)"/) {
                let isThere = headings[String(match.1)]?.contains(String(match.2)) == true
                let name = page.url.lastPathComponent
                #expect(isThere, "\(name): \(match.1).md has no heading \"\(match.2)\"")
            }
        }
    }

    @Test func everyFileThatAPageNamesIsThere() throws {
        let paths = try Self.paths()
        let names = Set(paths.map { $0.split(separator: "/").last ?? "" })
        for page in try Self.pages() {
            for match in page.text.matches(of: /`([A-Za-z0-9+\/.-]+\.(?:swift|c|h|py|dump))`/) {
                let name = String(match.1)
                let isThere =
                    names.contains(match.1) || paths.contains(name)
                    || paths.contains { $0.hasSuffix("/" + name) }
                #expect(isThere, "\(page.name): there is no \(name)")
            }
            for match in page.text.matches(of: /`((?:Sources|Tests)\/[^`*<]+?)\/?`/) {
                let path = String(match.1)
                let isThere = paths.contains(path) || Self.proposed.contains(path)
                #expect(isThere, "\(page.name): there is no \(path)")
            }
        }
    }

    /// Code spans such as `Catalog.commit`, and words such as RecordPlan in pictures: each is in
    /// some source, or names a folder or file.
    @Test func everyTypeThatAPageNamesIsThere() throws {
        let files = try ["Sources", "Tests"].flatMap { try SourceFiles.swift(in: $0) }
        var words: Set<Substring> = []
        for line in files.flatMap(\.lines) {
            words.formUnion(line.split { !($0.isLetter || $0.isNumber || $0 == "_") })
        }
        for path in try Self.paths() { words.formUnion(path.split { "/.".contains($0) }) }
        for page in try Self.pages() {
            for match in page.text.matches(of: /`([A-Z]\w*[a-z]\w*(?:\.[a-z]\w+)*)[(`]/) {
                for word in match.1.split(separator: ".") {
                    let isThere = words.contains(word)
                    #expect(isThere, "\(page.name): nothing is called \(word)")
                }
            }
            for match in page.text.matches(of: /\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/) {
                let isThere = words.contains(match.0)
                #expect(isThere, "\(page.name): nothing is called \(match.0)")
            }
        }
    }

    // MARK: - Reading

    /// The text on one line, without the marks that begin lines of comments.
    private static func joined(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.drop { " /#*".contains($0) }
        }.joined(separator: " ")
    }

    /// The headings of each page, by the page's name.
    private static func headings() throws -> [String: Set<String>] {
        var headings: [String: Set<String>] = [:]
        for page in try SourceFiles.documents() {
            let lines = page.text.split(separator: "\n").filter { $0.hasPrefix("#") }
            let name = page.url.deletingPathExtension().lastPathComponent
            headings[name] = Set(lines.map { String($0.drop { "# ".contains($0) }) })
        }
        return headings
    }

    /// All texts that may cite: sources, tests, scripts, pages.
    private static func citingFiles() throws -> [(path: String, text: String)] {
        let kinds = ["swift", "h", "c", "py", "md", "yml", ""]
        let below = try ["Sources", "Tests", "scripts", "docs", "jobs"].flatMap { folder in
            try SourceFiles.paths(below: folder).map { "\(folder)/\($0)" }
        }
        let paths = below + ["README.md", "CONTRIBUTING.md", "SECURITY.md", "Package.swift"]
        return paths.compactMap { path in
            let url = SourceFiles.root.appendingPathComponent(path)
            guard kinds.contains(url.pathExtension),
                let text = try? String(contentsOf: url, encoding: .utf8)
            else { return nil }
            return (path, text)
        }
    }

    /// The paths of all sources, tests and scripts, folders among them, from the root.
    private static func paths() throws -> Set<String> {
        var paths: Set<String> = ["Package.swift"]
        for folder in ["Sources", "Tests", "scripts"] {
            paths.formUnion(try SourceFiles.paths(below: folder).map { "\(folder)/\($0)" })
        }
        return paths
    }

    private static func pages() throws -> [(name: String, text: String)] {
        let pages = try SourceFiles.documents().map { page in
            (name: page.url.deletingPathExtension().lastPathComponent, text: page.text)
        }.filter { checked.contains($0.name) }
        #expect(pages.count == checked.count)
        return pages
    }
}
