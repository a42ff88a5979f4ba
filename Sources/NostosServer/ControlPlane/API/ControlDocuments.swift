import Nostos

/// A job as the control plane shows it: its state, and the tag for `If-Match`.
struct JobDocument: Encodable {
    let state: JobState

    private enum CodingKeys: String, CodingKey {
        case stateTag
    }

    func encode(to encoder: any Encoder) throws {
        try state.encode(to: encoder)
        var document = encoder.container(keyedBy: CodingKeys.self)
        try document.encode(state.stateTag, forKey: .stateTag)
    }
}

struct JobsDocument: Encodable {
    let jobs: [JobDocument]
}

struct VersionsDocument: Encodable {
    let job: String
    /// The newest first.
    let versions: [VersionRecord]
}

struct RunsDocument: Encodable {
    /// The latest first.
    let runs: [RunRecord]
}

struct EventsDocument: Encodable {
    /// The latest first.
    let events: [CatalogEvent]
    /// The `before` of the next page; nil at the end.
    let next: UInt64?
}

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

struct SchemaDocument: Encodable {
    let job: String
    let version: Int
    let key: [KeyDocument]
    let fields: [FieldDocument]
}

/// The differences between two versions, in counts; as `nostos diff -o json` prints them without
/// rows.
struct DiffDocument: Encodable {
    let job: String
    let from: Int
    let to: Int
    let summary: DiffSummary
}

extension Schema {
    var keyDocuments: [KeyDocument] {
        key.columns.map { KeyDocument(name: $0.name, type: $0.type.name) }
    }

    var fieldDocuments: [FieldDocument] {
        fields.map { FieldDocument(name: $0.name, type: $0.type.name, list: $0.isList) }
    }
}
