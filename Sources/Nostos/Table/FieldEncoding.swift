// How the values of one field stand in rows.
//
// A row, first byte to last:
//
//     codes      of the dense fields, bit after bit from the least significant bit of the first
//                byte on; one that would touch nine bytes begins at the next byte
//     presence   a bit for each sparse field, in field order: 1 where it is not NULL
//     codes      of the sparse fields that are present, bit after bit, each one less than below
//     entries    the variable part: one for each field that needs one, in field order
//
// Each of the four begins at a byte. Sparse are fields that are mostly NULL. An entry is a varint
// size and that many bytes; the last field that can have an entry does without the size, for the
// row's end is known.
//
// The packed code of a field, `width` bits:
//
//     0                NULL
//     1                the value stands in the variable part
//     from `firstCode` value 0, value 1, … of the field's code space
//
// `firstCode` is 1 for a field whose values never stand in the variable part, and 2 otherwise.
//
//     encoding     code space                                    variable part
//     variable     none                                          JSON text
//     codeList     none                                          varint codes of the vocabulary
//     scaled       base + code, an integer at 10^-scale          JSON text, for an escape
//     timestamp    base + code, times unit, in microseconds      JSON text, for an escape
//     bool         false, true                                   JSON text, for an escape
//     vocabulary   the codes of the vocabulary                   JSON text, for an escape
//
// A `codeList` whose elements are not all in the vocabulary is an escape too: code 2, JSON text.

/// The encoding of one field, chosen by the writer and told by the table's layout.
enum FieldEncoding: Equatable, Sendable {
    case variable
    case codeList
    case scaled(base: Int64, scale: Int)
    case timestamp(base: Int64, unit: Int64)
    case bool
    case vocabulary
}

/// A field's encoding and its place in the row.
struct FieldLayout: Equatable, Sendable {
    static let nullCode: UInt64 = 0
    static let variableCode: UInt64 = 1
    /// Of a `codeList`: the whole list as JSON text.
    static let listTextCode: UInt64 = 2

    let encoding: FieldEncoding
    /// Bits of the packed code: 0 to 64.
    let width: Int
    /// Whether the packed code 1 can occur, so that the field may have a variable entry.
    let hasVariable: Bool
    /// Where the vocabulary begins in the vocabularies section, and its size; empty for none.
    let vocabulary: Range<Int>
    /// Whether the field has a presence bit, and its code stands only in rows that have a value.
    var isSparse = false
    /// Of a dense field: where the code begins, in bits from the row's first byte.
    var bitOffset = 0
    /// Of a sparse field: its place among the sparse ones.
    var sparseIndex = 0

    /// The code of the first value.
    var firstCode: UInt64 { hasVariable ? 2 : 1 }

    /// The name in `show --storage` and dumps.
    var name: String { (isSparse ? "sparse " : "") + plainName }

    private var plainName: String {
        switch encoding {
        case .variable: "text"
        case .codeList: "vocabulary list"
        case .scaled(let base, let scale): "integer from \(base), scale \(scale)"
        case .timestamp(let base, let unit): "timestamp from \(base) by \(unit)"
        case .bool: "bool"
        case .vocabulary: "vocabulary"
        }
    }
}
