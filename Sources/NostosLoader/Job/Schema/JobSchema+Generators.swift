import Nostos

extension JobSchema {
    static let generatorDefinitions: [(String, JSONTree)] = [
        (
            "generator",
            [
                "type": "object", "required": ["generator"],
                "properties": [
                    "generator": [
                        "description": """
                        sql_iterator: rows of a query. file: rows of a file. command: rows \
                        that a program writes. constant: the same values for every key.
                        """,
                        "enum": .list(GeneratorReader.kinds.map { .string($0) }),
                    ]
                ],
                "allOf": .list(GeneratorReader.kinds.map(branch)),
            ]
        ),
        ("sql_iterator", sqlIterator), ("file", file), ("command", command),
        ("constant", constant), ("columns", columns),
    ]

    /// If it is of that kind, then that definition holds.
    private static func branch(_ kind: String) -> JSONTree {
        [
            "if": [
                "properties": ["generator": ["const": .string(kind)]],
                "required": ["generator"],
            ],
            "then": ["$ref": .string("#/$defs/\(kind)")],
        ]
    }

    private static let sqlIterator = object(
        "Every column of the query but the index column is a field, named by its alias.",
        [
            ("generator", true), ("sql", ["$ref": "#/$defs/sql"]),
            ("connection", ref("text", "Where it reads, by the name in connections.yml.")),
        ] + rowProperties,
        required: ["generator", "sql"], also: rowRules)

    private static let file = object(
        "Every column of the file but the index column is a field.",
        [
            ("generator", true),
            (
                "path",
                ref(
                    "text",
                    """
                    Relative to this file; templates are filled in. Its ending tells the format, \
                    and .gz or .zst the compression.
                    """)
            ),
            ("format", words(RowFormat.self, "How rows are written, where no ending tells.")),
        ] + textProperties + rowProperties,
        required: ["generator", "path"], also: rowRules)

    private static let command = object(
        "Every column of what a program writes to its standard output is a field, but the index.",
        [
            ("generator", true),
            (
                "command",
                [
                    "description": "The program and its arguments; templates are filled in.",
                    "type": "array", "minItems": 1,
                    "maxItems": .number(GeneratorSpec.maxWords),
                    "items": ["type": ["string", "number", "boolean"]],
                ]
            ),
            ("format", words(RowFormat.self, "How rows are written.", default: .jsonl)),
            ("timeout", ref("duration", "How long it may run; 1h by default.")),
        ] + textProperties + rowProperties,
        required: ["generator", "command"], also: rowRules)

    private static let constant = object(
        "The same values for every key.",
        [
            ("generator", true),
            (
                "values",
                [
                    "description": "Fields and their values.", "type": "object",
                    "minProperties": 1, "maxProperties": .number(GeneratorSpec.maxColumns),
                    "propertyNames": ["$ref": "#/$defs/name"],
                    "additionalProperties": ["$ref": "#/$defs/literal"],
                ]
            ),
        ],
        required: ["generator", "values"])

    /// The properties that all generators with rows may state.
    private static var rowProperties: [(String, JSONTree)] {
        [
            (
                "is_set",
                [
                    "description": """
                    All rows of a key become one array: distinct values, NULLs left out, in \
                    order. The same as aggregate: set.
                    """,
                    "type": "boolean", "default": false,
                ]
            ),
            (
                "aggregate",
                words(
                    GeneratorSpec.Aggregate.self,
                    """
                    How all rows of a key become one value: set, or list in the source's order, \
                    count, sum, mean, min, max, the first or the last one. NULLs count for \
                    none of them; the mean is exact, or the double nearest to it.
                    """)
            ),
            (
                "limit_per_key",
                int("The most elements of a list or set; the first ones stay.", 1...1_000_000)
            ),
            ("columns", ["$ref": "#/$defs/columns"]),
        ]
    }

    /// A limit needs a list or a set; is_set and another aggregate contradict each other.
    private static let rowRules: [(String, JSONTree)] = [
        (
            "allOf",
            [
                [
                    "if": ["required": ["limit_per_key"]],
                    "then": [
                        "anyOf": [
                            ["required": ["is_set"], "properties": ["is_set": ["const": true]]],
                            [
                                "required": ["aggregate"],
                                "properties": ["aggregate": ["enum": ["set", "list"]]],
                            ],
                        ]
                    ],
                ],
                [
                    "if": [
                        "required": ["is_set"], "properties": ["is_set": ["const": true]],
                    ],
                    "then": ["properties": ["aggregate": ["const": "set"]]],
                ],
            ]
        )
    ]
}
