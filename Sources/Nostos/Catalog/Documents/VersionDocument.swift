import FoundationEssentials

/// One version: what the catalog knows of it, what its table says of itself, and how its run went.
///
/// As `nostos show -o json` prints it.
public struct VersionDocument: Encodable, Sendable {
    /// The catalog's record.
    public let version: VersionRecord
    /// The key's columns; like all of the table, nil where it is gone or never came to be.
    public let key: [KeyDocument]?
    /// The fields, in the table's order.
    public let fields: [FieldDocument]?
    /// Statistics, and where the rows came from.
    public let metadata: TableMetadata?
    /// The results of the run's checks.
    public let checks: [CheckResult]
    /// The run's warnings, besides those of its checks.
    public let warnings: [String]
    /// The proof that no row was lost.
    public let completeness: Completeness?
    /// The reason for which the version failed, was rejected or dropped.
    public let error: String?

    /// The document of a version of that job.
    public init(of version: VersionRecord, job: String, in catalog: Catalog) throws {
        self.version = version
        let table =
            version.hasTable ? try catalog.openTable(job: job, version: version.number) : nil
        key = table?.info.schema.keyDocuments
        fields = table?.info.schema.fieldDocuments
        metadata = try table?.metadata()
        let run = try catalog.runs(job: job).last { $0.version == version.number }
        checks = run?.checks ?? []
        warnings = run?.warnings ?? []
        completeness = run?.completeness
        error = run?.error ?? version.reason
    }

    /// Reads a document's JSON.
    public init(json: [UInt8]) throws {
        let data = Data(json)
        let rest = try JSONDecoder().decode(Rest.self, from: data)
        let decoder = JSONDecoder()
        // The metadata has the table's own names, which are spelled otherwise in a document.
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        metadata = try decoder.decode(Metadata.self, from: data).metadata
        (version, key, fields, checks) = (rest.version, rest.key, rest.fields, rest.checks)
        (completeness, error) = (rest.completeness, rest.error)
        warnings = rest.warnings ?? []
    }

    private struct Rest: Decodable {
        let version: VersionRecord
        let key: [KeyDocument]?
        let fields: [FieldDocument]?
        let checks: [CheckResult]
        let warnings: [String]?
        let completeness: Completeness?
        let error: String?
    }

    private struct Metadata: Decodable {
        let metadata: TableMetadata?
    }
}
