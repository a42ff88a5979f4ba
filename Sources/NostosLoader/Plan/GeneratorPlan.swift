public import Nostos

/// The facts known of a generator once its source is open and no row is read.
public struct GeneratorInput: Sendable {
    /// The generator's name in errors and progress.
    public let name: String
    /// The columns that the source reports, from left to right; none of constants.
    public let columns: [SourceColumn]
    /// The rule by which several rows of a key become one value; nil: a key has one row.
    public let aggregate: GeneratorSpec.Aggregate?
    /// The most elements of a list or set.
    public let limitPerKey: Int?
    /// The contracts of the columns.
    public let contracts: [ColumnContract]
    /// The fields that are the same for every key, where the generator has no rows.
    public let constants: [Constant]

    /// A generator of that name with rows of those columns.
    public init(
        name: String, columns: [SourceColumn], aggregate: GeneratorSpec.Aggregate? = nil,
        limitPerKey: Int? = nil, contracts: [ColumnContract] = []
    ) {
        (self.name, self.columns, self.aggregate) = (name, columns, aggregate)
        (self.limitPerKey, self.contracts, constants) = (limitPerKey, contracts, [])
    }

    /// A generator as the job file states it, with the columns that its source reports.
    public init(_ spec: GeneratorSpec, columns: [SourceColumn]) {
        self.init(
            name: spec.name, columns: columns, aggregate: spec.aggregate,
            limitPerKey: spec.limitPerKey, contracts: spec.columns)
    }

    /// A generator without rows, whose fields have the same values for every key.
    public init(name: String, constants: [Constant]) {
        (self.name, self.constants) = (name, constants)
        (columns, aggregate, limitPerKey, contracts) = ([], nil, nil, [])
    }
}

/// The columns of a generator's rows that are the key, and those that are fields.
public struct GeneratorPlan: Sendable, Hashable {
    /// The generator's place in the job, from 0.
    public let ordinal: Int
    /// The generator's name in errors and progress.
    public let name: String
    /// The rule by which several rows of a key become one value; nil: a key has one row.
    public let aggregate: GeneratorSpec.Aggregate?
    /// The most elements of a list or set; nil is no limit.
    public let limitPerKey: Int?
    /// Whether it has rows; constants have none.
    public let hasRows: Bool
    /// The names of the source's columns.
    public let columnNames: [String]
    /// The source columns of the key's parts, in the order of the job's index columns.
    public let keyColumns: [Int]
    /// The source columns of the fields, from left to right.
    public let fieldColumns: [Int]
    /// The ordinals of those fields in the record.
    public let fields: Range<Int>
    /// The encoded values of its fields for a key of which it has no row: null, 0 for a count, an
    /// empty list for a list or set; of constants their values.
    let missing: [UInt8]
    /// The requirements on each field's values, from left to right.
    let rules: [ColumnRule]
}

/// One part of the job's key, as far as it is known before the first row.
public struct PlannedKeyColumn: Sendable, Hashable {
    /// The index column's name.
    public let name: String
    /// Its type; nil where only the first row can decide it.
    public internal(set) var type: KeyType?
    /// The origin of the type, for errors: "key_type", or a generator.
    public internal(set) var origin: String
    /// The type where neither the job, nor a source, nor a row decides it: the current version's.
    var fallback = KeyType.string

    /// A part of that name, with its type where it is known.
    init(name: String, type: KeyType?, origin: String) {
        (self.name, self.type, self.origin) = (name, type, origin)
    }
}

/// One field of the job, as far as it is known before the first row.
public struct PlannedField: Sendable, Hashable {
    /// The field's name: the column's.
    public let name: String
    /// The type by its contract, else by the source, if either states one; of a list, its
    /// elements'.
    public let declaredType: ValueType?
    /// Whether its values are lists: sets, lists of rows, or a source's arrays.
    public let isList: Bool
    /// The ordinal of its generator.
    public let generator: Int
    /// Whether its values are made when rows are merged, so that they are not among the rows'
    /// values: all aggregates but `set` and `list`, and all that the merge may leave out.
    let isMadeByMerge: Bool
}
