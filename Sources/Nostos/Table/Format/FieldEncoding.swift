// The form of one field's values in rows.
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
// Each of the four begins at a byte. Sparse fields are those that are mostly NULL. An entry is a
// varint size and that many bytes; the last field that can have an entry has no size, because the
// row's end is known.
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
//     packedList   none                                          numbers, see `PackedList`
//     packedText   none                                          a text, see `PackedText`
//     compressed   none                                          a text, see `ZstdBlock`: varint
//                                                                size of the text, then its block
// In the encodings without a code space, except `variable`, code 2 is an escape: the entry is JSON
// text. Code 3 is a `packedText` whose entry has room for one more code than it holds.
// Code 3 is a `packedText` whose entry has room for one more code than there are.
// Packed and compressed texts are JSON texts; those that are marked as quoted lack their first and
// last byte, the quotes.
// first and last byte, the quotes.

/// The encoding of one field, chosen by the writer and stated in the table's layout.
enum FieldEncoding: Equatable, Sendable {
    case variable
    case codeList
    case scaled(base: Int64, scale: Int)
    case timestamp(base: Int64, unit: Int64)
    case bool
    case vocabulary
    case packedList(base: Int64, hasScales: Bool)
    case packedText(width: Int, isQuoted: Bool)
    case compressed(isQuoted: Bool)

    /// The units of `timestamp`, in microseconds: a day, an hour, a minute, a second, a
    /// millisecond, a microsecond.
    static let timestampUnits: [Int64] = [
        86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000, 1000, 1,
    ]
    /// A reader copies dictionaries when it opens a table, and refuses larger ones.
    static let maxDictionarySize = 1 << 20

    /// Whether codes of a vocabulary stand in rows.
    var hasVocabulary: Bool { self == .vocabulary || self == .codeList }

    /// Whether texts are packed with an alphabet or compressed with a dictionary.
    var isText: Bool {
        switch self {
        case .packedText, .compressed: true
        default: false
        }
    }

    /// Whether the field's shared bytes in the vocabularies section may have that size.
    func canShare(_ size: Int) -> Bool {
        switch self {
        case .vocabulary, .codeList: size > 0
        case .packedText(let width, _): size == (width == 7 ? 0 : 1 << width)
        case .compressed: size > 0 && size <= Self.maxDictionarySize
        case .variable, .scaled, .timestamp, .bool, .packedList: size == 0
        }
    }
}

/// A field's encoding and its place in the row.
struct FieldLayout: Equatable, Sendable {
    static let nullCode: UInt64 = 0
    static let variableCode: UInt64 = 1
    /// Of the encodings whose code 1 is no JSON text: an entry that is.
    static let textCode: UInt64 = 2
    /// Of a `packedText`: the entry has room for one more code.
    static let spareCode: UInt64 = 3

    let encoding: FieldEncoding
    /// Bits of the packed code: 0 to 64.
    let width: Int
    /// Whether the packed code 1 can occur, so that the field may have a variable entry.
    let hasVariable: Bool
    /// The range of the vocabulary, alphabet or dictionary in the vocabularies section; empty for
    /// none.
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
        case .packedList: "packed numbers"
        case .packedText(let width, _): "text of \(width) bits a character"
        case .compressed: "compressed text"
        }
    }
}

extension FieldLayout {
    func with(vocabulary: Range<Int>) -> FieldLayout {
        FieldLayout(
            encoding: encoding, width: width, hasVariable: hasVariable, vocabulary: vocabulary,
            isSparse: isSparse)
    }
}
