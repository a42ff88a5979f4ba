/// Receives the values of records one by one, each in its own type.
///
/// The typed counterpart of the JSON text that ``TableCursor/appendJSON(_:into:)`` gives.
///
/// For each selected field of a record comes ``begin(field:)``, and then one value: one of the
/// `visit` functions, or ``beginList()``, any number of elements, ``endList()``. Spans are readable
/// until the function returns. The JSON of the values is the JSON that the table prints for them.
///
/// The type of a value is that of its field. Fields of the type `any` have values of other types,
/// which come as their JSON form shows them: timestamps and bytes of such fields come as text. A
/// text that is not the canonical one of its value, such as the number `1.0` in embedded JSON,
/// comes as JSON.
///
/// When reading throws, what the visitor holds of this and all earlier records is void.
public protocol ValueVisitor {
    /// The next value is of the field of that ordinal in ``ValueSelection/fields``.
    mutating func begin(field: Int)
    /// NULL.
    mutating func visitNull()
    /// A Boolean.
    mutating func visit(bool value: Bool)
    /// An integer.
    mutating func visit(int64 value: Int64)
    /// The number `mantissa × 10^-scale`; the scale is 1 to 31, and zeros may end the mantissa.
    mutating func visit(mantissa: Int64, scale: Int)
    /// A number that is no mantissa and scale, as its canonical JSON text.
    mutating func visit(number text: Span<UInt8>)
    /// Text without quotes and escapes: UTF-8, unless somebody made a table by hand.
    mutating func visit(text utf8: Span<UInt8>)
    /// A point in time, in microseconds since 1970 in UTC; in ``Timestamp/range``.
    mutating func visit(timestamp microseconds: Int64)
    /// Bytes.
    mutating func visit(bytes: Span<UInt8>)
    /// Embedded JSON as its text.
    mutating func visit(json text: Span<UInt8>)
    /// A list begins; lists do not hold lists.
    mutating func beginList()
    /// The list ends.
    mutating func endList()
}

/// The fields that a caller reads as typed values of one table, in the order asked.
///
/// Made by ``TableReader/selectValues(_:)``, used for any number of records of that table, on any
/// number of threads.
public struct ValueSelection: Sendable {
    /// The fields; ``ValueVisitor/begin(field:)`` is told their ordinals.
    public let fields: [Field]
    /// The names asked for that the table lacks, in the order asked; nothing is visited for them.
    public var absent: [String] { selection.absent }

    let selection: FieldSelection
    /// One for each of ``fields``: plain data, which costs no reference counts.
    let columns: [ValueColumn]

    init(names: [String], schema: Schema, decoding: DecodingContext) {
        selection = FieldSelection(names: names, schema: schema, decoding: decoding)
        var seen: Set<String> = []
        fields = names.filter { seen.insert($0).inserted }
            .compactMap { name in schema.index(of: name).map { schema.fields[$0] } }
        columns = fields.map { ValueColumn(type: $0.type, isList: $0.isList) }
    }
}
