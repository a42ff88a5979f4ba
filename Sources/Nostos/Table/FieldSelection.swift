/// The fields that a caller asks of one table, in the order asked.
///
/// Made once (``TableReader/select(_:)``) and used for many lookups. A name asked for twice stands
/// once, where it was first.
public struct FieldSelection: Sendable {
    /// One field: where the JSON text before its value ends in `labels`, and its ordinal.
    struct Step: Sendable {
        let labelEnd: Int
        /// -1 for a name that the table lacks: null.
        let field: Int
    }

    /// The texts before the values, one after another: `{"a":`, `,"b":`.
    ///
    /// Of no field at all: `{`.
    let labels: [UInt8]
    let steps: [Step]
    /// The names asked for that the table lacks, in the order asked.
    public let absent: [String]

    init(names: [String], schema: Schema) {
        var steps: [Step] = []
        var labels: [UInt8] = []
        var absent: [String] = []
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            labels.append(steps.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSONText.append(name, to: &labels)
            labels.append(UInt8(ascii: ":"))
            let field = schema.index(of: name)
            if field == nil { absent.append(name) }
            steps.append(Step(labelEnd: labels.count, field: field ?? -1))
        }
        if names.isEmpty { labels.append(UInt8(ascii: "{")) }
        self.labels = labels
        self.steps = steps
        self.absent = absent
    }
}
