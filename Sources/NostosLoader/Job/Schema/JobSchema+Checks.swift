extension JobSchema {
    static let checkDefinitions: [(String, JSONTree)] =
        [
            (
                "check",
                [
                    "description": "One check: a mapping with one key, its name.",
                    "type": "object", "minProperties": 1, "maxProperties": 1,
                    "additionalProperties": false,
                    "properties": .object(
                        CheckReader.names.map { ($0, ["$ref": .string("#/$defs/check_\($0)")]) }),
                ]
            ),
            (
                "key",
                [
                    "anyOf": [
                        ["type": ["string", "integer"]],
                        [
                            "type": "array", "minItems": 1,
                            "items": ["type": ["string", "integer"]],
                        ],
                    ]
                ]
            ),
        ] + checks.map { ("check_\($0.name)", $0.tree) }

    private static let field = ref("name", "The field that is checked.")
    private static let sourceSQL = ref("sql", "What the source must say.")
    private static let connection = ref("text", "Where source_sql is asked; by default the job's.")

    private static let checks: [(name: String, tree: JSONTree)] = [
        (
            "row_count",
            check(
                "How many keys there are.",
                [
                    ("min", int("The least number of keys.", 0...Int.max)),
                    (
                        "max_change",
                        ref(
                            "percent",
                            "How much it may differ from the current version, such as 20%.")
                    ),
                ], also: [("anyOf", [["required": ["min"]], ["required": ["max_change"]]])])
        ),
        (
            "missing",
            check(
                "How many keys lack a field.",
                [("field", field), ("max", ref("percent", "The most, such as 5%."))],
                required: ["field", "max"])
        ),
        (
            "changed",
            check(
                "How many keys are added, removed or changed against the current version.",
                [("max", ref("percent", "The most, of the current keys."))], required: ["max"])
        ),
        (
            "schema",
            check(
                "What fields are gone or have another type.",
                [
                    ("removed", ref("severity", "What a field means that is gone.")),
                    ("type_changed", ref("severity", "What another type means.")),
                ])
        ),
        (
            "must_exist",
            check(
                "Keys that must be there.",
                [("keys", list("Keys; of a composite key, lists of its parts.", of: "key"))],
                required: ["keys"])
        ),
        (
            "range",
            check(
                "Between which numbers a field's values lie.",
                [
                    ("field", field),
                    ("min", ["description": "The least value.", "type": "number"]),
                    ("max", ["description": "The largest value.", "type": "number"]),
                ], required: ["field"],
                also: [("anyOf", [["required": ["min"]], ["required": ["max"]]])])
        ),
        (
            "in_set",
            check(
                "The only values that a field may have.",
                [("field", field), ("values", list("The values.", of: "literal"))],
                required: ["field", "values"])
        ),
        ("primary_key", check("No key is null or comes twice: Dataduct's primary-key-check.", [])),
        (
            "count_check",
            check(
                "The number that a query gives is the number of keys: Dataduct's count-check.",
                [
                    ("source_sql", sourceSQL), ("connection", connection),
                    (
                        "tolerance",
                        ref("tolerance", "How far they may differ, in percent; 1 by default.")
                    ),
                ], required: ["source_sql"])
        ),
        (
            "column_check",
            check(
                "Sampled keys have the values that a query gives: Dataduct's column-check.",
                [
                    ("source_sql", sourceSQL), ("connection", connection),
                    (
                        "sample_size",
                        int(
                            "How many keys are compared; 100 by default.",
                            1...CheckSpec.maxSampleSize)
                    ),
                    (
                        "tolerance",
                        ref("tolerance", "How many may differ, in percent; 1 by default.")
                    ),
                ], required: ["source_sql"])
        ),
    ]

    private static func check(
        _ description: String, _ properties: [(String, JSONTree)], required: [String] = [],
        also rules: [(String, JSONTree)] = []
    ) -> JSONTree {
        object(
            description, properties + [("severity", ["$ref": "#/$defs/severity"])],
            required: required, also: rules)
    }

    private static func list(_ description: String, of item: String) -> JSONTree {
        [
            "description": .string(description), "type": "array", "minItems": 1,
            "maxItems": .number(CheckSpec.maxValues),
            "items": ["$ref": .string("#/$defs/\(item)")],
        ]
    }
}
