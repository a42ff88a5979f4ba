/// The origin of a version's rows; kept with the table for ever.
public struct Provenance: Codable, Sendable, Equatable {
    /// The job file's text.
    public var jobText: String
    /// XXH3-64 of that text, 16 hexadecimal digits.
    public var jobHash: String
    /// One for each generator, in the job's order.
    public var generators: [GeneratorProvenance]
    /// The Nostos that built the table.
    public var builder: String
    /// When the run began and when its last row was written: microseconds since 1970.
    public var startedAt: Int64
    /// See `startedAt`.
    public var finishedAt: Int64

    /// All of it, given by the loader.
    public init(
        jobText: String = "", jobHash: String = "", generators: [GeneratorProvenance] = [],
        builder: String = "", startedAt: Int64 = 0, finishedAt: Int64 = 0
    ) {
        self.jobText = jobText
        self.jobHash = jobHash
        self.generators = generators
        self.builder = builder
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

extension Provenance {
    private enum CodingKeys: CodingKey {
        case jobText, jobHash, generators, builder, startedAt, finishedAt
    }

    /// Writes it: its times as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        let isDocument = encoder.writesDocument
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(jobText, forKey: .jobText)
        try values.encode(jobHash, forKey: .jobHash)
        try values.encode(generators, forKey: .generators)
        try values.encode(builder, forKey: .builder)
        try values.encode(time: startedAt, forKey: .startedAt, asText: isDocument)
        try values.encode(time: finishedAt, forKey: .finishedAt, asText: isDocument)
    }

    /// Reads it in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            jobText: try values.decode(String.self, forKey: .jobText),
            jobHash: try values.decode(String.self, forKey: .jobHash),
            generators: try values.decode([GeneratorProvenance].self, forKey: .generators),
            builder: try values.decode(String.self, forKey: .builder),
            startedAt: try values.time(forKey: .startedAt),
            finishedAt: try values.time(forKey: .finishedAt))
    }
}

/// The contribution of one generator to a table.
public struct GeneratorProvenance: Codable, Sendable, Equatable {
    /// Its name in messages.
    public var name: String
    /// The SQL as it was sent, or nil.
    public var sql: String?
    /// The name of its connection, or nil; never its parameters.
    public var connection: String?
    /// The file or command that it read, secrets masked, or nil.
    public var input: String?
    /// The fields that it gave.
    public var fields: [String]
    /// The rows that it read.
    public var rowCount: Int

    /// All of it, given by the loader.
    public init(
        name: String, sql: String?, connection: String?, input: String? = nil, fields: [String],
        rowCount: Int
    ) {
        self.name = name
        self.sql = sql
        self.connection = connection
        self.input = input
        self.fields = fields
        self.rowCount = rowCount
    }
}

/// The statistics of one field, collected while the table was written.
public struct FieldStatistics: Codable, Sendable, Equatable {
    /// The field's name.
    public var name: String
    /// The name of the encoding in the file.
    public var encoding: String
    /// Records in which it is null.
    public var nullCount: Int
    /// Distinct values, or distinct elements of lists; nil where there were too many to count.
    public var distinctCount: Int?
    /// The least and the largest number or point in time, as JSON text; nil for other types.
    public var minimum: String?
    /// See `minimum`.
    public var maximum: String?
    /// Records in which it stands as its JSON text, neither coded nor packed.
    public var textCount: Int
    /// Bits of the packed codes in all rows together.
    public var codeBits: Int
    /// Bytes of the variable entries in all rows together.
    public var entrySize: Int
    /// Bytes of its vocabulary, alphabet or dictionary.
    public var sharedSize: Int
}

/// The metadata section: JSON, read only when somebody asks.
public struct TableMetadata: Codable, Sendable, Equatable {
    /// The job's name.
    public var job: String
    /// The version's number.
    public var version: Int
    /// Records in the table.
    public var rowCount: Int
    /// Records of which no value stands as its JSON text.
    public var typedRowCount: Int
    /// Bytes of all keys in the groups.
    public var keySize: Int
    /// Bytes of all rows.
    public var rowSize: Int
    /// One for each field, in schema order.
    public var fields: [FieldStatistics]
    /// The origin of the rows.
    public var provenance: Provenance
}

/// The facts about a finished table that the catalog keeps.
public struct TableSummary: Codable, Sendable, Equatable {
    /// Records in the table.
    public var rowCount: Int
    /// Bytes of the file.
    public var size: Int
    /// XXH3-64 of the footer, which covers every byte; 16 hexadecimal digits.
    public var digest: String

    /// All of it.
    public init(rowCount: Int, size: Int, digest: String) {
        self.rowCount = rowCount
        self.size = size
        self.digest = digest
    }
}
