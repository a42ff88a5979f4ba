/// The layouts, vocabularies and text coders of a mapped table; decode programs are made of them.
struct DecodingContext {
    let fields: [FieldLayout]
    private let vocabularies: [VocabularyView?]
    private let coders: [TextCoderView?]
    private let mapping: MappedFile

    init(
        fields: [FieldLayout], vocabularies: [VocabularyView?], coders: [TextCoderView?],
        mapping: MappedFile
    ) {
        self.fields = fields
        (self.vocabularies, self.coders) = (vocabularies, coders)
        self.mapping = mapping
    }

    /// The program that decodes these fields; see `DecodeProgram`.
    func program(nulls: [UInt8], selected: [(label: Range<Int>, field: Int)]) -> DecodeProgram {
        DecodeProgram(
            nulls: nulls, selected: selected, fields: fields, vocabularies: vocabularies,
            coders: coders, mapping: mapping)
    }

    /// Makes sure that every word of every vocabulary can be used unchecked; before the first row
    /// is decoded.
    func validateVocabularies() throws(Damage) {
        for vocabulary in vocabularies { try vocabulary?.validate() }
    }
}

// @unchecked: the vocabularies lie in the mapping, which is read-only and kept alive.
extension DecodingContext: @unchecked Sendable {}
