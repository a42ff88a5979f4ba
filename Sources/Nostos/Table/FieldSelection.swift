/// The fields that a caller asks of one table, in the order asked.
///
/// Made once (``TableReader/select(_:)``) and used for many lookups.
public struct FieldSelection: Sendable {
    /// One field: the JSON text that comes before its value, and its ordinal in the table.
    struct Step: Sendable {
        let label: [UInt8]
        /// nil for a name that the table lacks: null.
        let field: Int?
    }

    let steps: [Step]
    /// The names asked for that the table lacks, in the order asked.
    public let absent: [String]

    init(names: [String], schema: Schema) {
        var steps: [Step] = []
        var absent: [String] = []
        for name in names {
            var label = [steps.isEmpty ? UInt8(ascii: "{") : UInt8(ascii: ",")]
            JSONText.append(name, to: &label)
            label.append(UInt8(ascii: ":"))
            let field = schema.index(of: name)
            if field == nil { absent.append(name) }
            steps.append(Step(label: label, field: field))
        }
        self.steps = steps
        self.absent = absent
    }
}
