import Nostos

/// The requirements on the values of one column: by its contract, and by their later use.
struct ColumnRule: Sendable, Hashable {
    /// The column in the source's rows.
    let column: Int
    /// The ordinal of its field in the record.
    let field: Int
    let aggregate: GeneratorSpec.Aggregate?
    /// The type of the contract; of a list column, its elements'.
    let contractType: ValueType?
    let isNotNull: Bool
    /// Whether the source declares the values as lists.
    let isListColumn: Bool
    /// Whether the merge may leave out values: beyond a limit, of rows that lose against others of
    /// the same key, and of keys that the first generator lacks.
    var mayLeaveOut = false

    /// Whether the values may, and must, be lists.
    var takesLists: Bool {
        switch aggregate {
        case nil, .first, .last, .count: isListColumn
        case .set, .list, .sum, .mean, .min, .max: false
        }
    }

    /// Whether the values are those of records, or of their lists: what the profile is to see.
    ///
    /// Where some may be left out, only the merge knows which stay.
    var isObserved: Bool {
        !mayLeaveOut && (aggregate == nil || aggregate == .set || aggregate == .list)
    }

    /// The tags that one value, or one element of a list column, may have, NULL aside.
    var scalarTags: TagSet {
        let stated = contractType.map { TagSet(of: $0) } ?? .scalars
        switch aggregate {
        case .sum, .mean: return stated.intersection(.numbers)
        case .min, .max: return stated.intersection(.ordered)
        case nil, .set, .list, .count, .first, .last: return stated
        }
    }
}

/// A set of the tags of encoded values.
struct TagSet: OptionSet, Sendable, Hashable {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    private init(_ tags: EncodedValue.Tag...) {
        rawValue = tags.reduce(0) { $0 | 1 << UInt16($1.rawValue) }
    }

    static let null = TagSet(.null)
    static let list = TagSet(.list)
    static let numbers = TagSet(.int64, .decimal, .number)
    static let scalars = TagSet(
        .false, .true, .int64, .decimal, .number, .string, .timestamp, .json, .bytes)
    /// JSON has no order that means anything.
    static let ordered = scalars.subtracting(TagSet(.json))

    /// The tags that values of a type have: of `number` those of integers too.
    init(of type: ValueType) {
        switch type {
        case .none: self = []
        case .bool: self = TagSet(.false, .true)
        case .int64: self = TagSet(.int64)
        case .number: self = .numbers
        case .string: self = TagSet(.string)
        case .timestamp: self = TagSet(.timestamp)
        case .json: self = TagSet(.json)
        case .bytes: self = TagSet(.bytes)
        case .any: self = .scalars
        }
    }

    @inline(__always)
    func contains(tag: UInt8) -> Bool { rawValue >> UInt16(tag & 15) & 1 == 1 }
}
