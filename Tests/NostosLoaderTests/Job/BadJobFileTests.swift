import NostosLoader
import SystemPackage
import Testing

/// A job file that is wrong, and everything that is said about it.
struct BadJobFile: CustomTestStringConvertible {
    let name: String
    let text: String
    /// One line for each message, without the file's name before the position.
    let messages: String

    init(_ name: String, _ text: String, _ messages: String) {
        self.name = name
        self.text = text
        self.messages = messages
    }

    var testDescription: String { name }
}

@Suite struct BadJobFileTests {
    @Test(
        arguments: BadJobFile.yaml + BadJobFile.keys + BadJobFile.policies + BadJobFile.generators
            + BadJobFile.inputs + BadJobFile.columns + BadJobFile.steps)
    func everyProblemIsNamedWithItsPlace(file: BadJobFile) throws {
        let errors = try #require(throws: JobFileErrors.self) {
            try JobFile.parse(file.text, path: "bad.yml", environment: [:])
        }
        let messages = file.messages.split(separator: "\n").map { "bad.yml:\($0)" }
        #expect(errors.errors.map(\.description) == messages)
        #expect(errors.warnings.isEmpty)
        #expect(errors.errors.map(\.mark) == errors.errors.map(\.mark).sorted())
        #expect(errors.cause == nil)
    }
}
