/// One column of a PostgreSQL query.
struct PostgresColumn: Sendable {
    let name: String
    let type: PostgresType
    /// The cast that the server applies to the values before it sends them.
    let cast: PostgresCast

    init(name: String, type: PostgresType, cast: PostgresCast = .none) {
        (self.name, self.type, self.cast) = (name, type, cast)
    }

    /// A column of the type with that OID; `arrays` are those that the server's catalog describes.
    init(
        name: String, oid: UInt32, dialect: PostgresSource.Dialect,
        arrays: [UInt32: PostgresArray]
    ) {
        self.name = name
        if let known = PostgresType.known(oid: oid, dialect: dialect) {
            (type, cast) = (known, .none)
        } else if dialect == .postgresql, oid == PostgresArray.inetOID {
            (type, cast) = (PostgresType(.text, isArray: false), .inet)
        } else if let array = arrays[oid] {
            (type, cast) = (array.type, array.cast)
        } else {
            (type, cast) = (PostgresType(oid: oid, dialect: dialect), .text)
        }
    }

    /// The SQL that returns the values in the form in which they are read, of a column of that
    /// name.
    func expression(_ column: String, _ dialect: PostgresSource.Dialect) -> String {
        switch cast {
        case .none: column
        case .text: column + dialect.textCast
        // The cast to text always shows a mask; the output function only one that is no host's.
        case .inet: "textin(inet_out(\(column)))"
        case .inets: "textin(array_out(\(column)))::text[]"
        case .array(let element): "\(column)::\(element)[]"
        case .json: "to_jsonb(\(column))"
        }
    }

    /// A condition's two sides: the column, and the parameter of which it must be the equal.
    ///
    /// Parameters have types of their own: a number that is not of the column's type is just not
    /// found. A column that an index may help with is compared as it is.
    func comparison(
        _ column: String, _ parameter: String, _ dialect: PostgresSource.Dialect
    ) -> (column: String, parameter: String) {
        switch (cast, type.element) {
        case (.none, .int2), (.none, .int4), (.none, .int8): (column, parameter + "::int8")
        case (.none, .oid): (column + "::int8", parameter + "::int8")
        case (.none, .uuid): (column, parameter + "::uuid")
        case (.none, .bpchar): (column, parameter + "::bpchar")
        case (.none, .text): (column, parameter + dialect.textCast)
        default:
            (
                cast == .none ? column + dialect.textCast : expression(column, dialect),
                parameter + dialect.textCast
            )
        }
    }

    /// Whether a text can be a value of the column; one that cannot must not be sent as such.
    func canHold(_ text: String) -> Bool {
        guard type.element == .uuid else { return true }
        return text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch index {
                case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                default: (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
                }
            }
    }
}

/// The cast that the server applies to a column's values before it sends them.
enum PostgresCast: Sendable, Equatable {
    case none
    /// A cast to text.
    case text
    /// The output form of an `inet`, as psql shows it.
    case inet
    /// The same of the elements of an array.
    case inets
    /// A cast to an array of elements of that type.
    case array(of: String)
    /// Lists in lists.
    case json
}

/// The arrays of one type whose elements have no rule of their own: enums, domains, types of
/// extensions and so on.
struct PostgresArray: Sendable, Equatable {
    /// `inet` in `pg_type.dat`.
    static let inetOID: UInt32 = 869

    let type: PostgresType
    let cast: PostgresCast

    /// An array whose elements have the base type with that OID and SQL name; `isNested` marks
    /// elements that are arrays themselves.
    init(baseOID: UInt32, baseName: String, isNested: Bool) {
        let known = PostgresType.known(oid: baseOID, dialect: .postgresql)
        if isNested || known?.isArray == true {
            (type, cast) = (PostgresType(.jsonb, isArray: false), .json)
        } else if let known {
            (type, cast) = (PostgresType(known.element, isArray: true), .array(of: baseName))
        } else {
            type = PostgresType(.text, isArray: true)
            cast = baseOID == Self.inetOID ? .inets : .array(of: "text")
        }
    }

    /// The query that describes the types with these OIDs, as far as they are arrays: OID, base
    /// type of the elements, its name, and whether that is an array.
    static func query(of types: [UInt32]) -> String {
        """
        WITH RECURSIVE element(array_type, oid, typtype, next) AS (
            SELECT t.oid, e.oid, e.typtype, e.typbasetype
            FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
            WHERE t.oid IN (\(types.map(String.init).joined(separator: ", ")))
            UNION ALL
            SELECT d.array_type, e.oid, e.typtype, e.typbasetype
            FROM element d JOIN pg_catalog.pg_type e ON e.oid = d.next
            WHERE d.typtype = 'd'
        )
        SELECT array_type, oid, pg_catalog.format_type(oid, -1), EXISTS (
            SELECT FROM pg_catalog.pg_type t
            JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
            WHERE t.oid = element.oid)
        FROM element WHERE typtype <> 'd'
        """
    }
}

extension PostgresSource.Dialect {
    /// The cast to text of any length; Redshift's `text` is `varchar(256)`.
    var textCast: String {
        switch self {
        case .postgresql: "::text"
        case .redshift: "::varchar(65535)"
        }
    }
}
