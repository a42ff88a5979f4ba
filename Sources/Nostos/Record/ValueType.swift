/// The type of a field's values, as the schema states it and as JSON shows it.
///
/// | type | in SQL | in JSON |
/// |---|---|---|
/// | `none` | only NULL was seen | `null` |
/// | `bool` | boolean | `true`, `false` |
/// | `int64` | smallint, integer, bigint | an exact integer |
/// | `number` | real, double, numeric | a number, exact to the last digit |
/// | `string` | text and every type without a rule of its own | a string |
/// | `timestamp` | timestamp with and without time zone | an RFC 3339 string in UTC |
/// | `json` | json, jsonb | the JSON value itself, without white space |
/// | `bytes` | bytea, BLOB | a base64 string |
/// | `any` | values of several of these types in one column | each as its own type says |
public enum ValueType: UInt8, Sendable, Hashable, CaseIterable {
    case none, bool, int64, number, string, timestamp, json, bytes, any

    /// The least type that holds the values of both: `int64` widens to `number`, everything else
    /// that differs to `any`.
    public func joined(with other: ValueType) -> ValueType {
        switch (self, other) {
        case (let a, let b) where a == b: a
        case (.none, let type), (let type, .none): type
        case (.int64, .number), (.number, .int64): .number
        default: .any
        }
    }

    /// The type's name in schemas and messages.
    public var name: String { "\(self)" }

    /// The type of that name, or nil.
    public init?(name: some StringProtocol) {
        guard let type = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = type
    }
}

/// One named part of a record.
public struct Field: Sendable, Hashable {
    /// The largest name, in bytes of UTF-8.
    public static let maxNameSize = 255

    /// The name by which callers ask for the field, and its name in JSON; unique in its job.
    public let name: String
    /// The type of the values, or of the elements when `isList`.
    public let type: ValueType
    /// Whether each value is a list: a set generator's field.
    public let isList: Bool

    /// A field of that name and type.
    public init(name: String, type: ValueType, isList: Bool = false) {
        self.name = name
        self.type = type
        self.isList = isList
    }
}

/// The shape of every record of a table: its key's columns and its fields, in order.
public struct Schema: Sendable, Hashable {
    /// The most fields a job may have.
    public static let maxFieldCount = 4096

    /// The key's columns, one or more.
    public let key: KeySchema
    /// The fields in the order in which a whole record shows them.
    public let fields: [Field]

    /// A schema of that key and these fields.
    public init(key: KeySchema, fields: [Field]) {
        self.key = key
        self.fields = fields
    }

    /// The ordinal of the field of that name, or nil.
    ///
    /// O(fields).
    public func index(of name: String) -> Int? {
        fields.firstIndex { $0.name == name }
    }
}
