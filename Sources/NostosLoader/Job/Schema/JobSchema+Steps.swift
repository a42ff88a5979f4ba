extension JobSchema {
    /// Dataduct's QA steps.
    static let checkStepDefinitions: [(String, JSONTree)] = [
        (
            "primary-key-check",
            checkStep(
                "primary-key-check", "No key is null or comes twice.", [],
                ignored: ["table_definition"])
        ),
        (
            "count-check",
            checkStep(
                "count-check", "The source's count is the number of keys.",
                [
                    ("source_sql", ref("sql", "Its rows are counted.")),
                    ("source_count_sql", ref("sql", "Gives the number.")),
                    (
                        "source_table_name",
                        ref("text", "All rows of this source table are counted.")
                    ),
                    ("source_host", connection), ("tolerance", tolerance),
                ], ignored: DataductCheckReader.destinationKeys,
                also: .list(
                    ["source_sql", "source_count_sql", "source_table_name"].map { key in
                        ["required": [.string(key)]]
                    }))
        ),
        (
            "column-check",
            checkStep(
                "column-check", "Sampled keys have the values that the source gives.",
                [
                    ("source_sql", ref("sql", "The key's columns first, then those to compare.")),
                    (
                        "destination_sql",
                        ref("sql", "Only the names of its columns count: what source_sql's mean.")
                    ),
                    ("source_host", connection), ("tolerance", tolerance),
                    (
                        "sample_size",
                        int(
                            "How many keys are compared; 100 by default.",
                            1...CheckSpec.maxSampleSize)
                    ),
                ], ignored: ["sql_tail_for_source", "destination_table_definition"],
                required: ["source_sql"])
        ),
    ]

    private static let connection = ref("text", "The connection to ask; by default the job's.")
    private static let tolerance = ref(
        "tolerance", "How much error is accepted, in percent; 1 by default.")

    private static func checkStep(
        _ type: String, _ description: String, _ properties: [(String, JSONTree)],
        ignored keys: [String], required: [String] = [], also oneSource: JSONTree? = nil
    ) -> JSONTree {
        let types: [(String, JSONTree)] = ["step_type", "type"].map { key in
            (key, ["const": .string(type)])
        }
        let unused =
            keys + DataductCheckReader.scriptKeys + DataductCheckReader.resultKeys
            + JobReader.stepKeys
        return object(
            description + " A check of the job before it.",
            properties + types + ignored(unused), required: required,
            also: [
                ("allOf", .list([["oneOf": oneType]] + (oneSource.map { [["oneOf": $0]] } ?? [])))
            ])
    }
}
