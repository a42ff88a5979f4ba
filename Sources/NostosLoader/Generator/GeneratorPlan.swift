public import Nostos

/// What is known of a generator once its source is open and no row is read.
public struct GeneratorInput: Sendable {
    /// What errors and progress call the generator.
    public let name: String
    /// Whether all rows of a key become one set per value column.
    public let isSet: Bool
    /// The columns that the source reports, from left to right.
    public let columns: [SourceColumn]

    /// A generator of that name over those columns.
    public init(name: String, isSet: Bool, columns: [SourceColumn]) {
        self.name = name
        self.isSet = isSet
        self.columns = columns
    }
}

/// Which columns of a generator's rows are the key, and which are which fields.
public struct GeneratorPlan: Sendable, Hashable {
    /// The generator's place in the job, from 0.
    public let ordinal: Int
    /// What errors and progress call it.
    public let name: String
    /// Whether all rows of a key become one set per value column.
    public let isSet: Bool
    /// The names of the source's columns.
    public let columnNames: [String]
    /// The source columns of the key's parts, in the order of the job's index columns.
    public let keyColumns: [Int]
    /// The source columns of the fields, from left to right.
    public let fieldColumns: [Int]
    /// The ordinals of those fields in the record.
    public let fields: Range<Int>
}

/// One part of the job's key, as far as it is known before the first row.
public struct PlannedKeyColumn: Sendable, Hashable {
    /// The index column's name.
    public let name: String
    /// Its type; nil where only the first row will tell.
    public internal(set) var type: KeyType?
    /// Who says so, for errors: "key_type", or a generator.
    public internal(set) var origin: String
}

/// One field of the job, as far as it is known before the first row.
public struct PlannedField: Sendable, Hashable {
    /// The field's name: the column's.
    public let name: String
    /// The type that the source declares, if it does.
    public let declaredType: ValueType?
    /// Whether its values are sets.
    public let isList: Bool
    /// The ordinal of its generator.
    public let generator: Int
}
