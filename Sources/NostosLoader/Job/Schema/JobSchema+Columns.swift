import Nostos

extension JobSchema {
    /// The properties for reading the text of files and programs.
    static var textProperties: [(String, JSONTree)] {
        [
            (
                "delimiter",
                [
                    "description": """
                    What stands between the fields of CSV: one character of ASCII; a comma by \
                    default.
                    """,
                    "type": ["string", "integer"], "minimum": 0, "maximum": 9,
                    "pattern": #"^([^"\r\n]|\\t)$"#,
                ]
            ),
            ("null", nulls("The texts that mean NULL, beside the empty field without quotes.")),
            (
                "only",
                [
                    "description": """
                    The columns to take, by the names that the file or program gives them; all by \
                    default. Index columns are always taken.
                    """,
                    "type": "array", "minItems": 1, "uniqueItems": true,
                    "maxItems": .number(GeneratorSpec.maxColumns),
                    "items": ["$ref": "#/$defs/name"],
                ]
            ),
        ]
    }

    static let columns: JSONTree = [
        "description": "How columns are read; a value that cannot be read so ends the run.",
        "type": "object", "minProperties": 1, "maxProperties": .number(GeneratorSpec.maxColumns),
        "propertyNames": ["$ref": "#/$defs/name"],
        "additionalProperties": object(
            "One column.",
            [
                ("as", ref("name", "The field's name; the column's own by default.")),
                (
                    "type",
                    [
                        "description": """
                        The type that its values are read as; of a split text, its elements'.
                        """,
                        "enum": .list(GeneratorReader.columnTypes.map { .string($0.name) }),
                    ]
                ),
                (
                    "split",
                    [
                        "description": "The text becomes a list: what stands between its elements.",
                        "type": ["string", "integer"], "minLength": 1, "maxLength": 16,
                    ]
                ),
                (
                    "null",
                    nulls("The texts that mean NULL in this column; the generator's by default.", 0)
                ),
                ("not_null", ["description": "NULL is an error.", "type": "boolean"]),
            ]),
    ]

    private static func nulls(_ description: String, _ minCount: Int = 1) -> JSONTree {
        let text: JSONTree = [
            "type": ["string", "number", "boolean", "null"],
            "maxLength": .number(TextOptions.maxNullSize),
        ]
        return [
            "description": .string(description),
            "anyOf": [
                text,
                [
                    "type": "array", "minItems": .number(minCount),
                    "maxItems": .number(TextOptions.maxNulls), "items": text,
                ],
            ],
        ]
    }
}
