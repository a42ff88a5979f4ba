import Foundation
import TestSupport
import Testing

@testable import NostosLoader

/// A validator of JSON Schema that is not ours: Python's `jsonschema`.
struct SchemaValidator {
    /// The reason for which it cannot be asked.
    ///
    /// The tests fail with it, and never pass without having run.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator
        asked = json.load(sys.stdin)
        Draft202012Validator.check_schema(asked["schema"])
        validator = Draft202012Validator(asked["schema"])
        print(json.dumps([[e.message for e in validator.iter_errors(d)] for d in asked["documents"]]))
        """

    /// The errors of each of the documents, by the schema of job files.
    static func errors(of documents: [any Sendable]) throws -> [[String]] {
        let schema = try JSONSerialization.jsonObject(with: Data(JobSchema.text.utf8))
        let asked: [String: Any] = ["schema": schema, "documents": documents]
        let text = try JSONSerialization.data(withJSONObject: asked)
        let answer = try runProgram(
            try python(), ["-c", script], input: String(decoding: text, as: UTF8.self))
        let errors = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [[String]]
        return try #require(errors)
    }

    private static func python() throws -> String {
        let found = ["/usr/bin/python3", "/usr/local/bin/python3"].first { path in
            (try? runProgram(path, ["-c", "import jsonschema"], input: "")) != nil
        }
        guard let found else {
            throw Failure(
                description: """
                    Python's jsonschema is not installed, so this test cannot run. Install it: \
                    scripts/setup --with-test-servers (apt-get install -y python3-jsonschema)
                    """)
        }
        return found
    }
}

/// A job file as an editor sees it, by YAML 1.2's core schema.
///
/// Nil where it is no YAML that we read.
func jsonDocument(_ text: String) -> (any Sendable)? {
    let log = DiagnosticLog(file: "a.yml")
    guard let root = YAMLReader.read(TextLines(text), log: log), !log.hasErrors else { return nil }
    return jsonValue(root)
}

private func jsonValue(_ node: YAMLNode) -> any Sendable {
    switch node.content {
    case .broken: return NSNull()
    case .sequence(let items): return items.map(jsonValue)
    case .mapping(let entries):
        return Dictionary(entries.map { ($0.key, jsonValue($0.value)) }) { first, _ in first }
    case .scalar(let text, let style):
        guard style == .plain else { return text }
        if node.isNull { return NSNull() }
        if ["true", "True", "TRUE"].contains(text) { return true }
        if ["false", "False", "FALSE"].contains(text) { return false }
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        if NumberText.isDigits(digits), let value = Int(text) { return value }
        if let first = digits.utf8.first, (0x2E...0x39).contains(first), let value = Double(text) {
            return value
        }
        return text
    }
}
