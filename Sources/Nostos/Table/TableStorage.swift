/// What each part of a table takes: its sizes add up to the file's.
public struct TableStorage: Codable, Sendable, Equatable {
    /// One part of the file.
    public struct Part: Codable, Sendable, Equatable {
        /// What it is.
        public let name: String
        /// Its bytes.
        public let size: Int
    }

    /// What one field takes.
    public struct Field: Codable, Sendable, Equatable {
        /// The field's name.
        public let name: String
        /// How its values stand.
        public let encoding: String
        /// Bytes of its packed codes in all rows; what is left of a byte counts as padding.
        public let codeSize: Int
        /// Bytes of its entries behind the packed codes.
        public let entrySize: Int
        /// Bytes of its vocabulary, alphabet or dictionary, which all rows share.
        public let sharedSize: Int
        /// Of the values that are not NULL, the share that is coded or packed, not plain text.
        public let typedShare: Double

        /// All its bytes.
        public var size: Int { codeSize + entrySize + sharedSize }
    }

    /// The fields, in schema order.
    public let fields: [Field]
    /// Everything else, in file order.
    public let parts: [Part]
    /// Bytes of the file.
    public let size: Int
    /// The share of the rows in which every value is coded or packed.
    public let typedRowShare: Double
}

extension TableReader {
    /// What each field and each other part of the file takes.
    public func storage() throws(TableError) -> TableStorage {
        let metadata = try metadata()
        let rowCount = metadata.rowCount
        let fields = metadata.fields.map { field in
            let count = rowCount - field.nullCount
            return TableStorage.Field(
                name: field.name, encoding: field.encoding, codeSize: field.codeBits / 8,
                entrySize: field.entrySize, sharedSize: field.sharedSize,
                typedShare: count > 0 ? Double(count - field.textCount) / Double(count) : 1)
        }
        func size(_ part: TablePart) -> Int { footer.range(of: part).count }
        let inRows = fields.reduce(0) { $0 + $1.codeSize + $1.entrySize }
        let shared = fields.reduce(0) { $0 + $1.sharedSize }
        let sums = size(.pageSums) + size(.sumsOfSums)
        let parts = [
            ("padding of rows", metadata.rowSize - inRows),
            ("keys in groups", metadata.keySize),
            (
                "heads of groups and ends of rows",
                size(.groups) - metadata.keySize - metadata.rowSize
            ),
            ("index", size(.index)), ("key code or separators", size(.keys)),
            ("between vocabularies", size(.vocabularies) - shared),
            ("schema and encodings", size(.layout)), ("metadata", size(.metadata)),
            ("checksums", sums), ("header and footer", size(.header) + size(.footer)),
        ]
        return TableStorage(
            fields: fields, parts: parts.map { TableStorage.Part(name: $0.0, size: $0.1) },
            size: info.size,
            typedRowShare: rowCount > 0 ? Double(metadata.typedRowCount) / Double(rowCount) : 1)
    }
}
