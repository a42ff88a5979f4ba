// The layout section: the schema and each field's encoding.
//
//     varint   count of key columns; for each:
//                  1   type: `KeyType`
//                  …   name
//          1   key form: 0 for bytes, 1 for numbers
//     varint   count of fields; for each:
//                  1   type: `ValueType`
//                  1   1 for a list, else 0
//                  …   name
//                  1   encoding: the cases of `FieldEncoding` in their order
//                  1   width of the packed code in bits
//                  1   flags: 1 when the field may have a variable entry, 2 when it is sparse
//             varint   where its vocabulary, alphabet or dictionary begins in the vocabularies
//                      section
//             varint   its size, 0 for none
//                  8   base, or bits of a character              0 where the encoding has none
//                  8   scale or unit; 1 for scales or quotes     0 where the encoding has none
//
// A name is a varint size and that many bytes of UTF-8.

/// A table's schema with the encodings of its fields.
struct TableLayout: Equatable, Sendable {
    let schema: Schema
    /// One for each field of the schema, with their places in the row.
    let fields: [FieldLayout]

    /// The form of the table's keys.
    let keyForm: KeyForm

    init(schema: Schema, keyForm: KeyForm, fields: [FieldLayout]) {
        self.schema = schema
        self.keyForm = keyForm
        self.fields = RowShape.placed(fields)
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: UInt64(schema.key.columns.count))
        for column in schema.key.columns {
            bytes.append(column.type.rawValue)
            Self.append(name: column.name, to: &bytes)
        }
        bytes.append(keyForm.rawValue)
        bytes.append(varint: UInt64(fields.count))
        for (field, layout) in zip(schema.fields, fields) {
            bytes.append(field.type.rawValue)
            bytes.append(field.isList ? 1 : 0)
            Self.append(name: field.name, to: &bytes)
            let (tag, first, second) = layout.encoding.parameters
            bytes.append(tag)
            bytes.append(UInt8(layout.width))
            bytes.append((layout.hasVariable ? 1 : 0) | (layout.isSparse ? 2 : 0))
            bytes.append(varint: UInt64(layout.vocabulary.lowerBound))
            bytes.append(varint: UInt64(layout.vocabulary.count))
            bytes.append(littleEndian: first)
            bytes.append(littleEndian: second)
        }
        return bytes
    }

    private static func append(name: String, to bytes: inout [UInt8]) {
        bytes.append(varint: UInt64(name.utf8.count))
        bytes += name.utf8
    }

    /// Reads a layout whose vocabularies must lie within `vocabularySize` bytes.
    ///
    /// The offsets of damages are from the section's start.
    init(decoding bytes: Span<UInt8>, vocabularySize: Int) throws(Damage) {
        var reader = LayoutReader(bytes)
        let keyCount = try reader.count(upTo: KeySchema.maxColumnCount, "key columns")
        guard keyCount > 0 else { throw Damage(offset: 0, detail: "no key column") }
        var columns: [KeyColumn] = []
        for _ in 0..<keyCount {
            guard let type = KeyType(rawValue: try reader.byte()) else {
                throw reader.error("unknown key type")
            }
            columns.append(KeyColumn(name: try reader.name(), type: type))
        }
        guard let keyForm = KeyForm(rawValue: try reader.byte()) else {
            throw reader.error("unknown key form")
        }
        var fields: [Field] = []
        var layouts: [FieldLayout] = []
        var sharedSize = 0
        for _ in 0..<(try reader.count(upTo: Schema.maxFieldCount, "fields")) {
            fields.append(try reader.field())
            layouts.append(try reader.layout(vocabularySize: vocabularySize))
            // Dictionaries are copied: shared bytes would be copied again for each field.
            sharedSize += layouts[layouts.count - 1].vocabulary.count
            guard sharedSize <= vocabularySize else { throw reader.error("vocabularies overlap") }
        }
        guard reader.isAtEnd else { throw reader.error("bytes after the last field") }
        self.init(
            schema: Schema(key: KeySchema(columns: columns), fields: fields), keyForm: keyForm,
            fields: layouts)
    }
}

extension FieldEncoding {
    /// The tag and the two parameters, as they stand in the layout.
    fileprivate var parameters: (tag: UInt8, first: Int64, second: Int64) {
        switch self {
        case .variable: (0, 0, 0)
        case .codeList: (1, 0, 0)
        case .scaled(let base, let scale): (2, base, Int64(scale))
        case .timestamp(let base, let unit): (3, base, unit)
        case .bool: (4, 0, 0)
        case .vocabulary: (5, 0, 0)
        case .packedList(let base, let hasScales): (6, base, hasScales ? 1 : 0)
        case .packedText(let width, let isQuoted): (7, Int64(width), isQuoted ? 1 : 0)
        case .compressed(let isQuoted): (8, 0, isQuoted ? 1 : 0)
        }
    }

    /// The encoding of that tag and parameters, or nil when this reader knows none such.
    fileprivate init?(tag: UInt8, first: Int64, second: Int64) {
        switch tag {
        case 0: self = .variable
        case 1: self = .codeList
        case 2:
            guard (0...18).contains(second) else { return nil }
            self = .scaled(base: first, scale: Int(second))
        case 3:
            guard FieldEncoding.timestampUnits.contains(second) else { return nil }
            self = .timestamp(base: first, unit: second)
        case 4: self = .bool
        case 5: self = .vocabulary
        case 6...8 where second != 0 && second != 1: return nil
        case 6: self = .packedList(base: first, hasScales: second == 1)
        case 7:
            guard (4...7).contains(first) else { return nil }
            self = .packedText(width: Int(first), isQuoted: second == 1)
        case 8: self = .compressed(isQuoted: second == 1)
        default: return nil
        }
    }
}

/// Reads the layout section; checks everything before it is used.
private struct LayoutReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    func error(_ detail: String) -> Damage { Damage(offset: position, detail: detail) }

    mutating func byte() throws(Damage) -> UInt8 {
        guard position < bytes.count else { throw error("cut off") }
        position += 1
        return bytes[position - 1]
    }

    mutating func count(upTo limit: Int, _ what: String) throws(Damage) -> Int {
        guard let value = bytes.varint(at: &position) else { throw error("cut off") }
        guard value <= UInt64(limit) else { throw error("\(value) \(what), at most \(limit)") }
        return Int(value)
    }

    mutating func name() throws(Damage) -> String {
        let size = try count(upTo: bytes.count - position, "bytes of name")
        guard size <= bytes.count - position else { throw error("cut off") }
        var name: [UInt8] = []
        name.append(bytes.extracting(position..<position + size))
        position += size
        guard let text = String(validating: name, as: UTF8.self) else {
            throw error("a name that is not UTF-8")
        }
        return text
    }

    mutating func field() throws(Damage) -> Field {
        guard let type = ValueType(rawValue: try byte()) else { throw error("unknown type") }
        let isList = try byte()
        guard isList <= 1 else { throw error("list flag \(isList)") }
        return Field(name: try name(), type: type, isList: isList == 1)
    }

    mutating func layout(vocabularySize: Int) throws(Damage) -> FieldLayout {
        let tag = try byte()
        let width = try byte()
        let flags = try byte()
        guard width <= 64, flags <= 3 else { throw error("width \(width), flags \(flags)") }
        let start = try count(upTo: vocabularySize, "bytes before the vocabulary")
        let size = try count(upTo: vocabularySize - start, "bytes of vocabulary")
        guard position + 16 <= bytes.count else { throw error("cut off") }
        let first: Int64 = bytes.littleEndian(at: position)
        let second: Int64 = bytes.littleEndian(at: position + 8)
        position += 16
        guard let encoding = FieldEncoding(tag: tag, first: first, second: second) else {
            throw error("unknown encoding \(tag) with \(first), \(second)")
        }
        guard encoding.canShare(size) else { throw error("vocabulary of \(size) bytes") }
        return FieldLayout(
            encoding: encoding, width: Int(width), hasVariable: flags & 1 == 1,
            vocabulary: start..<start + size, isSparse: flags & 2 == 2)
    }
}
