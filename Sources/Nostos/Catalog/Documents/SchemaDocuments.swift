/// A column of a key: its name and type.
public struct KeyDocument: Codable, Sendable, Hashable {
    /// The column's name.
    public let name: String
    /// The type's name.
    public let type: String
}

/// A field: its name and type.
public struct FieldDocument: Codable, Sendable, Hashable {
    /// The field's name.
    public let name: String
    /// The type's name: of the elements where it is a list.
    public let type: String
    /// Whether values are arrays.
    public let list: Bool
}

extension Schema {
    /// The key's columns, as documents have them.
    package var keyDocuments: [KeyDocument] {
        key.columns.map { KeyDocument(name: $0.name, type: $0.type.name) }
    }

    /// The fields, as documents have them.
    package var fieldDocuments: [FieldDocument] {
        fields.map { FieldDocument(name: $0.name, type: $0.type.name, list: $0.isList) }
    }
}
