import SystemPackage

/// The result of reading every byte of one version's table against its checksums, and its figures
/// against the catalog's; one entry of `nostos verify -o json`.
public struct VerificationDocument: Codable, Sendable, Hashable {
    /// The job.
    public let job: String
    /// The version's number.
    public let version: Int
    /// Whether nothing is damaged.
    public let isSound: Bool
    /// The records of the table; nil where it is damaged.
    public let rows: Int?
    /// The table's size in bytes; nil where it is damaged.
    public let size: Int?
    /// A line for each damaged place: the file, the part, the offset, and what was found there.
    public let damages: [String]

    private enum CodingKeys: String, CodingKey {
        case job, version, rows, size, damages
        case isSound = "ok"
    }

    /// Reads the version's table, all of it.
    ///
    /// With `showsPaths` damages name files by their paths; otherwise by their names only, for
    /// callers on other machines.
    ///
    /// - Throws: ``CatalogError/goneVersion(job:version:)`` where it has none. What is wrong with
    ///   the table is part of the result.
    public init(
        verifying version: VersionRecord, of job: String, in catalog: Catalog,
        showsPaths: Bool = true
    ) throws {
        guard version.isReadable else {
            throw CatalogError.goneVersion(job: job, version: version.number)
        }
        (self.job, self.version) = (job, version.number)
        var found: [String]
        var info: TableInfo?
        let file: FilePath
        do throws(TableError) {
            let table = try catalog.openTable(job: job, version: version.number)
            (found, file) = (try Self.damages(of: table, version), table.file)
            info = table.info
        } catch {
            (found, file) = (["\(error)"], error.file)
        }
        if !showsPaths {
            let name = file.lastComponent?.string ?? "the table"
            found = found.map { $0.replacing(file.string, with: name) }
        }
        damages = found
        isSound = found.isEmpty
        (rows, size) = isSound ? (info?.rowCount, info?.size) : (nil, nil)
    }

    /// A line for each damaged place of the table; one line where it is sound but another table
    /// than the catalog's.
    private static func damages(
        of table: TableReader, _ version: VersionRecord
    ) throws(TableError) -> [String] {
        let damages = DamagedPlace.all(in: table.damages()).map(\.description)
        guard damages.isEmpty else { return damages }
        let count = try table.verify()
        guard count != version.rowCount || table.info.digest != version.digest else { return [] }
        return [
            "\(table.file): another table than the catalog's: \(count) rows, digest "
                + "\(table.info.digest), expected \(version.rowCount), \(version.digest)"
        ]
    }
}
