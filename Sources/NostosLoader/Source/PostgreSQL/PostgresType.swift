import Nostos

/// The wire form of one column's values, and the Nostos values made of them.
struct PostgresType: Sendable, Equatable {
    /// The types whose binary form is read; the names are PostgreSQL's.
    enum Element: Sendable {
        case bool, int2, int4, int8, oid, float4, float8, numeric, text, bpchar, uuid
        case timestamp, date, bytea, json, jsonb
        /// A number in decimal digits, cast to text on the server.
        case numericText
    }

    let element: Element
    let isArray: Bool

    init(_ element: Element, isArray: Bool) {
        self.element = element
        self.isArray = isArray
    }

    /// The type of that OID (`pg_type.dat`); text where it has no rule of its own.
    init(oid: UInt32, dialect: PostgresSource.Dialect) {
        if let type = Self.known(oid: oid, dialect: dialect) {
            self = type
        } else {
            // Redshift documents no binary form of its numeric.
            let isNumeric = dialect == .redshift && oid == 1700
            self.init(isNumeric ? .numericText : .text, isArray: false)
        }
    }

    /// The type of that OID, where its binary form is read.
    static func known(oid: UInt32, dialect: PostgresSource.Dialect) -> PostgresType? {
        if let element = scalars[oid], dialect == .postgresql || element.isInRedshift {
            return PostgresType(element, isArray: false)
        }
        guard dialect == .postgresql, let element = arrays[oid] else { return nil }
        return PostgresType(element, isArray: true)
    }

    private static let scalars: [UInt32: Element] = [
        16: .bool, 17: .bytea, 19: .text, 20: .int8, 21: .int2, 23: .int4, 25: .text, 26: .oid,
        114: .json, 700: .float4, 701: .float8, 1042: .bpchar, 1043: .text, 1082: .date,
        1114: .timestamp, 1184: .timestamp, 1700: .numeric, 2950: .uuid, 3802: .jsonb,
    ]

    private static let arrays: [UInt32: Element] = [
        1000: .bool, 1001: .bytea, 1003: .text, 1016: .int8, 1005: .int2, 1007: .int4, 1009: .text,
        1028: .oid, 199: .json, 1021: .float4, 1022: .float8, 1014: .bpchar, 1015: .text,
        1182: .date, 1115: .timestamp, 1185: .timestamp, 1231: .numeric, 2951: .uuid, 3807: .jsonb,
    ]
}

extension PostgresType.Element {
    /// The type of the values in Nostos.
    var type: ValueType {
        switch self {
        case .bool: .bool
        case .int2, .int4, .int8, .oid: .int64
        case .float4, .float8, .numeric, .numericText: .number
        case .text, .bpchar, .uuid, .date: .string
        case .timestamp: .timestamp
        case .bytea: .bytes
        case .json, .jsonb: .json
        }
    }

    /// The size of the binary form, where it is fixed.
    var size: Int? {
        switch self {
        case .bool: 1
        case .int2: 2
        case .int4, .oid, .float4, .date: 4
        case .int8, .float8, .timestamp: 8
        case .uuid: 16
        case .numeric, .numericText, .text, .bpchar, .bytea, .json, .jsonb: nil
        }
    }

    /// Whether Redshift has the type, in PostgreSQL's form.
    fileprivate var isInRedshift: Bool {
        switch self {
        case .bool, .int2, .int4, .int8, .oid, .float4, .float8, .text, .bpchar, .timestamp, .date:
            true
        case .numeric, .numericText, .uuid, .bytea, .json, .jsonb: false
        }
    }
}
