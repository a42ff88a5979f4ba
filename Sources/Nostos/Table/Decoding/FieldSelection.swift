/// The fields that a caller asks of one table, in the order asked.
///
/// Made once (``TableReader/select(_:)``) and used for many lookups of that table. A name asked for
/// twice stands once, where it was first.
public struct FieldSelection: Sendable {
    let program: DecodeProgram
    /// The names asked for that the table lacks, in the order asked.
    public let absent: [String]

    init(names: [String], schema: Schema, decoding: DecodingContext) {
        // The answer where every value is NULL; a name that the table lacks stays a part of it.
        var nulls: [UInt8] = []
        var selected: [(label: Range<Int>, field: Int)] = []
        var absent: [String] = []
        var seen: Set<String> = []
        var labelStart = 0
        for name in names where seen.insert(name).inserted {
            nulls.append(seen.count == 1 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            JSONText.append(name, to: &nulls)
            nulls.append(UInt8(ascii: ":"))
            let labelEnd = nulls.count
            nulls.append(ascii: "null")
            if let field = schema.index(of: name) {
                selected.append((labelStart..<labelEnd, field))
                labelStart = nulls.count
            } else {
                absent.append(name)
            }
        }
        nulls.append(ascii: names.isEmpty ? "{}" : "}")
        program = decoding.program(nulls: nulls, selected: selected)
        self.absent = absent
    }
}
