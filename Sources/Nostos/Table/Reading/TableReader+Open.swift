import SystemPackage

// The steps of opening a table.
extension TableReader {
    static func footer(
        of mapping: MappedFile, _ file: FilePath
    ) throws(TableError) -> (TableFooter, digest: String) {
        let start = max(0, mapping.size - TableFooter.size)
        do throws(FooterError) {
            return try mapping.bytes.withSpan(start..<mapping.size) { bytes throws(FooterError) in
                let footer = try TableFooter(decoding: bytes, fileSize: mapping.size)
                return (footer, TableFooter.digest(bytes))
            }
        } catch {
            switch error {
            case .damaged(let detail):
                throw .corrupt(file: file, part: .footer, offset: start, detail: detail)
            case .version(let found):
                throw .unsupportedVersion(
                    file: file, found: Int(found), known: Int(TableFormat.version))
            }
        }
    }

    static func layout(
        of mapping: MappedFile, _ footer: TableFooter, _ file: FilePath
    ) throws(TableError) -> TableLayout {
        let range = footer.range(of: .layout)
        do throws(Damage) {
            return try mapping.bytes.withSpan(range) { bytes throws(Damage) in
                try TableLayout(
                    decoding: bytes, vocabularySize: footer.range(of: .vocabularies).count)
            }
        } catch {
            throw .corrupt(
                file: file, part: .layout, offset: range.lowerBound + error.offset,
                detail: error.detail)
        }
    }

    static func decoding(
        _ layout: TableLayout, _ mapping: MappedFile, _ footer: TableFooter,
        _ verifier: PageVerifier
    ) throws(Damage) -> DecodingContext {
        let section = footer.range(of: .vocabularies)
        var vocabularies: [VocabularyView?] = []
        var coders: [TextCoderView?] = []
        for field in layout.fields {
            let start = section.lowerBound + field.vocabulary.lowerBound
            let range = start..<start + field.vocabulary.count
            // Dictionaries are copied at once; vocabularies are verified with the first lookup.
            let first = field.encoding.isText ? range : range.prefix(VocabularyView.headerSize)
            try verifier.verify(first)
            vocabularies.append(
                field.encoding.hasVocabulary ? try VocabularyView(mapping.bytes, range) : nil)
            coders.append(try TextCoderView(mapping.bytes, range, field.encoding))
        }
        return DecodingContext(
            fields: layout.fields, vocabularies: vocabularies, coders: coders, mapping: mapping)
    }

    /// The index; checks the page with its header.
    static func index(
        _ layout: TableLayout, _ mapping: MappedFile, _ footer: TableFooter,
        _ verifier: PageVerifier
    ) throws(Damage) -> TableIndex {
        let header = footer.range(of: .index).prefix(TableIndexBuilder.headerSize)
        try verifier.verify(header)
        return try TableIndex(mapping.bytes, footer, layout.keyForm)
    }

    /// The way from keys to numbers, where keys are numbers.
    static func keyCode(
        _ layout: TableLayout, _ mapping: MappedFile, _ footer: TableFooter,
        _ verifier: PageVerifier
    ) throws(Damage) -> KeyCodeView {
        guard layout.keyForm == .numbers else { return KeyCodeView() }
        let range = footer.range(of: .keys)
        try verifier.verify(range)
        return try KeyCodeView(mapping.bytes, range)
    }

    static func corrupt(
        _ file: FilePath, _ footer: TableFooter, _ offset: Int, _ detail: String
    ) -> TableError {
        .corrupt(file: file, part: footer.part(at: offset), offset: offset, detail: detail)
    }
}
