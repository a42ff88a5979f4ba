import Nostos

extension JobSchema {
    static let jobDefinitions: [(String, JSONTree)] = [
        (
            "job",
            object(
                "A job: one versioned table.", jobProperties,
                required: ["index_column", "fields"], also: [("oneOf", oneName)])
        ),
        (
            DataductReader.stepType,
            object(
                "A job as a step of a Dataduct pipeline.",
                jobProperties + [
                    ("step_type", ["const": .string(DataductReader.stepType)]),
                    ("type", ["const": .string(DataductReader.stepType)]),
                ] + ignored(JobReader.stepKeys),
                required: ["index_column", "fields"],
                also: [("allOf", [["oneOf": oneName], ["oneOf": oneType]])])
        ),
        (
            "pipeline",
            object(
                "A Dataduct pipeline.",
                [
                    ("steps", stepList), ("Steps", stepList), ("load_time", loadTime),
                    (
                        "variables",
                        ["description": "Where Dataduct's files define their anchors."]
                    ),
                ] + ignored(DataductReader.headerKeys),
                also: [("oneOf", [["required": ["steps"]], ["required": ["Steps"]]])])
        ),
        ("publish", publish),
    ]

    private static let oneName: JSONTree = [
        ["required": ["job"]], ["required": ["job_name"]],
    ]
    static let oneType: JSONTree = [
        ["required": ["step_type"]], ["required": ["type"]],
    ]

    private static let stepList: JSONTree = [
        "description": """
        The steps: those of type nostos-v2 are jobs, the three checks are checks of the job \
        before them, others are Dataduct's.
        """,
        "type": "array", "minItems": 1, "maxItems": .number(Job.maxGenerators),
        "contains": ["anyOf": isStep(DataductReader.stepType)],
        "items": [
            "type": "object", "anyOf": oneType,
            "allOf": .list(
                ([DataductReader.stepType] + DataductCheckReader.types).map { type in
                    ["if": ["anyOf": isStep(type)], "then": ["$ref": .string("#/$defs/\(type)")]]
                }),
        ],
    ]

    /// Either spelling of a step's type names the step.
    private static func isStep(_ type: String) -> JSONTree {
        .list(
            ["step_type", "type"].map { key in
                [
                    "properties": .object([(key, ["const": .string(type)])]),
                    "required": [.string(key)],
                ]
            })
    }

    private static let loadTime: JSONTree = [
        "description": """
        Ignored: Nostos does not schedule. 12:00, or 720, which is what YAML 1.1 makes of it.
        """,
        "anyOf": [
            ["type": "string", "pattern": "^(0?[0-9]|1[0-9]|2[0-3]):[0-5]?[0-9]$"],
            ["type": "integer", "minimum": 0, "maximum": .number(24 * 60 - 1)],
        ],
    ]

    /// Keys of Dataduct that are warned about.
    static func ignored(_ keys: [String]) -> [(String, JSONTree)] {
        keys.map {
            ($0, ["description": "Ignored, with a warning: it means nothing outside Dataduct."])
        }
    }

    private static var jobProperties: [(String, JSONTree)] {
        let name = jobName
        return [
            ("job", name), ("job_name", name),
            ("description", ref("text", "What the job is for.")),
            ("owner", ref("text", "Whom to ask.")),
            ("index_column", indexColumn),
            (
                "key_type",
                [
                    "description":
                        "The key's type, or those of its columns; without it, the source tells.",
                    "anyOf": [
                        ["enum": ["int64", "string"]],
                        [
                            "type": "array", "minItems": 1,
                            "maxItems": .number(KeySchema.maxColumnCount),
                            "items": ["enum": ["int64", "string"]],
                        ],
                    ],
                ]
            ),
            (
                "connection",
                ref("text", "The connection of generators that name none; see connections.yml.")
            ),
            ("vars", vars),
            (
                "fields",
                [
                    "description": "The generators, whose columns are the job's fields.",
                    "type": "array", "minItems": 1, "maxItems": .number(Job.maxGenerators),
                    "items": ["$ref": "#/$defs/generator"],
                ]
            ),
            (
                "on_duplicate",
                words(
                    Job.DuplicatePolicy.self,
                    """
                    What a second row of a key means in a generator that is neither a set nor an \
                    aggregate; by default error, in Dataduct's form last with a warning.
                    """)
            ),
            (
                "join",
                words(
                    Job.Join.self,
                    "outer: the keys of any generator. first: those of the first generator.",
                    default: .outer)
            ),
            (
                "checks",
                [
                    "description": "What a version must pass before it is promoted.",
                    "type": "array", "maxItems": .number(Job.maxChecks),
                    "items": ["$ref": "#/$defs/check"],
                ]
            ),
            ("publish", ["$ref": "#/$defs/publish"]),
        ]
    }

    private static let jobName: JSONTree = [
        "description": """
        The job's name, part of file names and URLs: a-z, 0-9, _ and -, at most 63, the first a \
        letter or a digit. job_name is Dataduct's spelling.
        """,
        "type": ["string", "integer"], "minimum": 0,
        "pattern": .string("^[a-z0-9][a-z0-9_-]{0,\(Job.maxNameSize - 1)}$"),
    ]

    private static let indexColumn: JSONTree = [
        "description": """
        The key's column, as every generator calls it; a list makes a composite key.
        """,
        "anyOf": [
            ["$ref": "#/$defs/name"],
            [
                "type": "array", "minItems": 1, "maxItems": .number(KeySchema.maxColumnCount),
                "uniqueItems": true, "items": ["$ref": "#/$defs/name"],
            ],
        ],
    ]

    private static let vars: JSONTree = [
        "description": "Variables for {{ templates }}; --var name=value wins.",
        "type": "object", "maxProperties": .number(Job.maxVars),
        "propertyNames": ["pattern": "^[A-Za-z_][A-Za-z0-9_]*$"],
        "additionalProperties": ["type": ["string", "number", "boolean"]],
    ]

    private static let maxAge: JSONTree = [
        "description": """
        How old what is served may be, such as 26h, before the metrics and /readyz?verbose call it \
        stale; any age by default, 1s to 366d.
        """,
        "type": "string", "pattern": "^([1-9][0-9]{3,}ms|[1-9][0-9]*(s|m|h|d))$",
    ]

    private static let publish = object(
        "What happens to a finished version.",
        [
            (
                "keep_versions",
                int(
                    "How many good versions stay, the current one included; 3 by default.",
                    PublishPolicy.keepVersionsRange)
            ),
            (
                "promote",
                words(
                    PublishPolicy.Promotion.self,
                    "auto: the run promotes. manual: somebody does, by nostos promote.",
                    default: .auto)
            ),
            (
                "drop_delay",
                ref("duration", "How long a dropped version's table stays; 10m by default.")
            ),
            ("max_age", maxAge),
            (
                "allow_empty",
                [
                    "description": """
                    Whether a version without keys may replace one that has some; by default it is \
                    rejected.
                    """,
                    "type": "boolean", "default": false,
                ]
            ),
        ])
}
