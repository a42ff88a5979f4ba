import Nostos

/// The JSON Schema of job files, draft 2020-12: what editors complete and underline.
///
/// It knows every key that the readers know, their types and words. What takes more than one look
/// (templates, SQL, names that must differ) is for `nostos validate`.
public enum JobSchema {
    /// The schema as JSON text.
    public static var text: String { tree.text }

    static let tree: JSONTree = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Nostos job file",
        "description": """
        A job, which makes one versioned table of fields by key; or a Dataduct pipeline, each \
        of whose nostos-v2 steps is a job.
        """,
        "type": "object",
        "if": ["anyOf": [["required": ["steps"]], ["required": ["Steps"]]]],
        "then": ["$ref": "#/$defs/pipeline"],
        "else": ["$ref": "#/$defs/job"],
        "$defs": .object(
            jobDefinitions + checkStepDefinitions + generatorDefinitions + checkDefinitions
                + scalarDefinitions),
    ]

    /// An object that has these properties, some of them required, and no others.
    static func object(
        _ description: String, _ properties: [(String, JSONTree)], required: [String] = [],
        also rules: [(String, JSONTree)] = []
    ) -> JSONTree {
        .object(
            [
                ("description", .string(description)), ("type", "object"),
                ("properties", .object(properties)), ("additionalProperties", false),
                ("required", .list(required.map { .string($0) })),
            ] + rules)
    }

    /// A reference to a definition, with what it means here.
    static func ref(_ name: String, _ description: String) -> JSONTree {
        ["$ref": .string("#/$defs/\(name)"), "description": .string(description)]
    }

    /// One of the words that an enum spells.
    static func words<Choice: CaseIterable & RawRepresentable<String>>(
        _ type: Choice.Type, _ description: String, default word: Choice? = nil
    ) -> JSONTree {
        var entries: [(String, JSONTree)] = [
            ("description", .string(description)),
            ("enum", .list(Choice.allCases.map { .string($0.rawValue) })),
        ]
        if let word { entries.append(("default", .string(word.rawValue))) }
        return .object(entries)
    }

    /// A whole number in a range.
    static func int(_ description: String, _ range: ClosedRange<Int>) -> JSONTree {
        var entries: [(String, JSONTree)] = [
            ("description", .string(description)), ("type", "integer"),
            ("minimum", .number(range.lowerBound)),
        ]
        if range.upperBound != .max { entries.append(("maximum", .number(range.upperBound))) }
        return .object(entries)
    }
}

extension JobSchema {
    private static let scalarDefinitions: [(String, JSONTree)] = [
        (
            "text",
            [
                "description": "Text; numbers and words that YAML reads as values are text too.",
                "type": ["string", "number", "boolean"], "minLength": 1,
            ]
        ),
        (
            "name",
            [
                "description": "The name of a column or field.", "type": ["string", "number"],
                "minLength": 1, "maxLength": .number(Field.maxNameSize),
            ]
        ),
        (
            "sql",
            [
                "description": """
                One SELECT, or the path of a .sql file relative to this file. {{ name }} and \
                {{ env_var('NAME', 'default') }} are filled in.
                """,
                "type": "string", "minLength": 1,
            ]
        ),
        (
            "literal",
            ["type": ["string", "number", "boolean", "null"]]
        ),
        (
            "percent",
            [
                "description": "A percentage such as 5% or 0.5%.", "type": "string",
                "pattern": #"^(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?%$"#,
            ]
        ),
        (
            "tolerance",
            [
                "description": "In percent, without the sign.", "type": "number", "minimum": 0,
                "maximum": 100,
            ]
        ),
        (
            "duration",
            [
                "description": "Such as 500ms, 10s, 30m, 2h or 7d; at most 366d.",
                "type": "string", "pattern": "^(0|[1-9][0-9]*)(ms|s|m|h|d)$",
            ]
        ),
        ("severity", words(CheckSpec.Severity.self, severityText, default: .error)),
    ]

    private static let severityText = """
        error: the version is rejected, and what is served stays. warn: the run says so and goes on.
        """
}
