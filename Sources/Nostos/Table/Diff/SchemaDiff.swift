/// The differences between the fields of two tables, by their names; the order of fields does not
/// count.
public struct SchemaDiff: Codable, Sendable, Hashable {
    /// A field that only one of the tables has.
    public struct NamedField: Codable, Sendable, Hashable {
        /// The field's name.
        public let name: String
        /// Its type, such as `string` or `list of int64`.
        public let type: String
    }

    /// A field that has another type in the newer table.
    public struct TypeChange: Codable, Sendable, Hashable {
        /// The field's name.
        public let name: String
        /// Its type in the older table.
        public let from: String
        /// Its type in the newer table.
        public let to: String
    }

    /// Fields that only the newer table has, in its order.
    public let added: [NamedField]
    /// Fields that only the older table has, in its order.
    public let removed: [NamedField]
    /// Fields of another type, in the order of the newer table.
    public let retyped: [TypeChange]

    /// Whether both tables have the same fields.
    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && retyped.isEmpty }

    /// Compares the fields of two schemas.
    ///
    /// O(fields).
    public init(from old: Schema, to new: Schema) {
        let olds = Dictionary(old.fields.map { ($0.name, $0) }) { first, _ in first }
        let news = Set(new.fields.map(\.name))
        added = new.fields.filter { olds[$0.name] == nil }.map(Self.named)
        removed = old.fields.filter { !news.contains($0.name) }.map(Self.named)
        retyped = new.fields.compactMap { field in
            guard let before = olds[field.name], before.typeName != field.typeName else {
                return nil
            }
            return TypeChange(name: field.name, from: before.typeName, to: field.typeName)
        }
    }

    private static func named(_ field: Field) -> NamedField {
        NamedField(name: field.name, type: field.typeName)
    }
}

extension Field {
    /// The type as people read it: `string`, or `list of int64`.
    public var typeName: String { isList ? "list of \(type.name)" : type.name }
}

extension KeySchema {
    /// The key as people read it, such as `user_id int64, course string`.
    public var text: String {
        columns.map { "\($0.name) \($0.type.name)" }.joined(separator: ", ")
    }
}
