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
    /// The list, the newest first.
    let versions: [VersionRecord]
}

struct RunsDocument: Encodable {
    /// The list, the latest first.
    let runs: [RunRecord]
}

struct EventsDocument: Encodable {
    /// The list, the latest first.
    let events: [CatalogEvent]
    /// The `before` of the next page; nil at the end.
    let next: UInt64?
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
