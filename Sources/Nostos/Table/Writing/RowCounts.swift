/// An encoder's counts, by field and of whole rows.
struct RowCounts {
    /// Values that are NULL.
    var nulls: [Int]
    /// Values that stand as their JSON text, neither coded nor packed.
    var texts: [Int]
    /// The variable entries together, their sizes included, in bytes.
    var entrySizes: [Int]
    var rows = 0
    /// Rows without a value that stands as its JSON text.
    var typedRows = 0

    init(fieldCount: Int) {
        nulls = Array(repeating: 0, count: fieldCount)
        (texts, entrySizes) = (nulls, nulls)
    }

    static func + (left: RowCounts, right: RowCounts) -> RowCounts {
        var sum = left
        for index in sum.nulls.indices {
            sum.nulls[index] += right.nulls[index]
            sum.texts[index] += right.texts[index]
            sum.entrySizes[index] += right.entrySizes[index]
        }
        sum.rows += right.rows
        sum.typedRows += right.typedRows
        return sum
    }

    /// The bits of a field's packed codes in all rows, presence bits included.
    func codeBits(of index: Int, _ field: FieldLayout) -> Int {
        field.isSparse ? rows + (rows - nulls[index]) * field.width : rows * field.width
    }
}
