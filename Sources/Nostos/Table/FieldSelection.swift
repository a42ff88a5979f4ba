/// The fields that a caller asks of one table, in the order asked.
///
/// Made once (``TableReader/select(_:)``) and used for many lookups of that table. A name asked for
/// twice stands once, where it was first.
public struct FieldSelection: Sendable {
    let program: DecodeProgram
    /// The names asked for that the table lacks, in the order asked.
    public let absent: [String]

    init(names: [String], schema: Schema, decoder: RowDecoder) {
        var labels: [UInt8] = []
        var selected: [(labelEnd: Int, field: Int)] = []
        var absent: [String] = []
        var seen: Set<String> = []
        for name in names where seen.insert(name).inserted {
            labels.append(seen.count == 1 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSONText.append(name, to: &labels)
            labels.append(UInt8(ascii: ":"))
            if let field = schema.index(of: name) {
                selected.append((labels.count, field))
            } else {
                // A part of the text before the next value.
                labels.append(ascii: "null")
                absent.append(name)
            }
        }
        labels.append(ascii: names.isEmpty ? "{}" : "}")
        program = decoder.program(labels: labels, selected: selected)
        self.absent = absent
    }
}
