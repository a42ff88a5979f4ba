/// The size of each part of a table: the sizes add up to the file's.
public struct TableStorage: Codable, Sendable, Equatable {
    /// One part of the file.
    public struct Part: Codable, Sendable, Equatable {
        /// The name of the part.
        public let name: String
        /// Its bytes.
        public let size: Int
    }

    /// The size of one field.
    public struct Field: Codable, Sendable, Equatable {
        /// The field's name.
        public let name: String
        /// The encoding of its values.
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

extension TableStorage {
    /// The sizes of a table of that footer and metadata; nil where they contradict each other.
    init?(_ metadata: TableMetadata, _ footer: TableFooter) {
        let size = footer.range(of: .footer).upperBound
        let rowCount = metadata.rowCount
        guard rowCount == footer.rowCount, (0...rowCount).contains(metadata.typedRowCount),
            metadata.fields.allSatisfy({ Self.isSound($0, rowCount: rowCount, size: size) })
        else { return nil }
        let fields = metadata.fields.map { field in
            let count = rowCount - field.nullCount
            return TableStorage.Field(
                name: field.name, encoding: field.encoding, codeSize: field.codeBits / 8,
                entrySize: field.entrySize, sharedSize: field.sharedSize,
                typedShare: count > 0 ? Double(count - field.textCount) / Double(count) : 1)
        }
        func partSize(_ part: TablePart) -> Int { footer.range(of: part).count }
        let (keySize, rowSize) = (metadata.keySize, metadata.rowSize)
        let inRows = fields.reduce(0) { $0 + $1.codeSize + $1.entrySize }
        let shared = fields.reduce(0) { $0 + $1.sharedSize }
        guard (inRows...max(inRows, size)).contains(rowSize), (0...size).contains(keySize),
            keySize + rowSize <= partSize(.groups), shared <= partSize(.vocabularies)
        else { return nil }
        parts = [
            ("padding of rows", rowSize - inRows), ("keys in groups", keySize),
            ("heads of groups and ends of rows", partSize(.groups) - keySize - rowSize),
            ("index", partSize(.index)), ("key code or separators", partSize(.keys)),
            ("filters", partSize(.filters)),
            ("between vocabularies", partSize(.vocabularies) - shared),
            ("schema and encodings", partSize(.layout)), ("metadata", partSize(.metadata)),
            ("checksums", partSize(.pageSums) + partSize(.sumsOfSums)),
            ("header and footer", partSize(.header) + partSize(.footer)),
        ].map { Part(name: $0.0, size: $0.1) }
        self.fields = fields
        self.size = size
        typedRowShare = rowCount > 0 ? Double(metadata.typedRowCount) / Double(rowCount) : 1
    }

    /// Whether no number is out of proportion, so that none overflows when they are added up.
    private static func isSound(_ field: FieldStatistics, rowCount: Int, size: Int) -> Bool {
        (0...rowCount).contains(field.nullCount)
            && (0...rowCount - field.nullCount).contains(field.textCount)
            && (0...8 * size).contains(field.codeBits) && (0...size).contains(field.entrySize)
            && (0...size).contains(field.sharedSize)
    }
}

extension TableReader {
    /// The size of each field and of each other part of the file.
    public func storage() throws(TableError) -> TableStorage {
        guard let storage = TableStorage(try metadata(), footer) else {
            throw Self.corrupt(
                file, footer, footer.range(of: .metadata).lowerBound,
                "sizes that do not fit the table")
        }
        return storage
    }
}
