import Testing

/// The sizes of files, functions and lines.
@Suite struct SizesTests {
    private static let maxColumns = 100

    @Test func filesAndFunctionsAreShort() throws {
        for file in try SourceFiles.swift(in: "Sources") + SourceFiles.swift(in: "Tests") {
            #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines")
            for (name, size) in file.functions {
                #expect(size <= 70, "\(file.path): \(name) has \(size) lines")
            }
        }
    }

    /// The text of a string literal may be longer: a break would change it, or hide it from search.
    @Test func everyLineOfCodeAndCommentFitsInAHundredColumns() throws {
        for file in try SourceFiles.everySwift() {
            var isText = false
            for (index, line) in file.lines.enumerated() {
                let wasText = isText
                if line.ranges(of: "\"\"\"").count % 2 == 1 { isText.toggle() }
                guard line.count > Self.maxColumns, !wasText, !isText else { continue }
                let code = line.prefix { $0 != "\"" }
                let hasText = code.count < Self.maxColumns && !code.contains("//")
                #expect(hasText, "\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }
}
