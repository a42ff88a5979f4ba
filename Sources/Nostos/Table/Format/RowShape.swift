/// The shape that writer and reader both derive from the fields' layouts; see `FieldEncoding`.
enum RowShape {
    /// Gives each field its place, in field order: a dense one the next free bit, or the next whole
    /// byte where the code would else touch nine bytes; a sparse one its ordinal.
    static func placed(_ fields: [FieldLayout]) -> [FieldLayout] {
        var offset = 0
        var sparseCount = 0
        return fields.map { field in
            var field = field
            if field.isSparse {
                field.sparseIndex = sparseCount
                sparseCount += 1
            } else {
                if offset % 8 + field.width > 64 { offset += 8 - offset % 8 }
                field.bitOffset = offset
                offset += field.width
            }
            return field
        }
    }

    /// Bytes of the dense fields' codes.
    static func denseSize(of fields: [FieldLayout]) -> Int {
        let end = fields.reduce(0) { $1.isSparse ? $0 : max($0, $1.bitOffset + $1.width) }
        return (end + 7) / 8
    }

    static func sparseCount(of fields: [FieldLayout]) -> Int {
        fields.reduce(0) { $0 + ($1.isSparse ? 1 : 0) }
    }

    /// Bytes of the dense fields' codes and of the presence bits: what every row has.
    static func fixedSize(of fields: [FieldLayout]) -> Int {
        denseSize(of: fields) + (sparseCount(of: fields) + 7) / 8
    }

    /// The last field that can have a variable entry.
    static func lastVariable(of fields: [FieldLayout]) -> Int? {
        fields.lastIndex { $0.hasVariable }
    }
}
