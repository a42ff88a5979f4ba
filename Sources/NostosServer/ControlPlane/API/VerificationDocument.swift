public import Nostos
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
    /// - Throws: ``CatalogError/goneVersion(job:version:)`` where it has none. What is wrong with
    ///   the table is part of the result.
    public init(verifying version: VersionRecord, of job: String, in catalog: Catalog) throws {
        guard version.isReadable else {
            throw CatalogError.goneVersion(job: job, version: version.number)
        }
        let path = try catalog.tablePath(job: job, version: version.number)
        (self.job, self.version) = (job, version.number)
        do throws(TableError) {
            let table = try TableReader(opening: path)
            var damages = DamagedPlace.all(in: table.damages()).map(\.description)
            if damages.isEmpty {
                let count = try table.verify()
                if count != version.rowCount || table.info.digest != version.digest {
                    damages = [
                        "\(path): another table than the catalog's: \(count) rows, digest "
                            + "\(table.info.digest), expected \(version.rowCount), "
                            + version.digest
                    ]
                }
            }
            self.damages = damages
            rows = damages.isEmpty ? table.info.rowCount : nil
            size = damages.isEmpty ? table.info.size : nil
        } catch {
            (damages, rows, size) = (["\(error)"], nil, nil)
        }
        isSound = damages.isEmpty
    }

    private init(_ other: VerificationDocument, damages: [String]) {
        (job, version, isSound) = (other.job, other.version, other.isSound)
        (rows, size, self.damages) = (other.rows, other.size, damages)
    }

    /// The same with the names of files in place of their paths, for callers on other machines.
    func withoutPaths(of catalog: Catalog) throws -> VerificationDocument {
        let path = try catalog.tablePath(job: job, version: version)
        return VerificationDocument(
            self,
            damages: damages.map { damage in
                damage.replacing(path.string, with: path.lastComponent?.string ?? "the table")
            })
    }
}

/// Damaged pages that follow each other in one part of a table, as one line.
struct DamagedPlace: CustomStringConvertible {
    private let error: TableError
    private let offset: Int
    private var count = 1

    /// The places, in the order of the file.
    static func all(in damages: [TableError]) -> [DamagedPlace] {
        var places: [DamagedPlace] = []
        for damage in damages {
            guard case .corrupt(_, let part, let offset, _) = damage else { continue }
            if let last = places.last, last.isContinued(by: part, offset) {
                places[places.count - 1].count += 1
            } else {
                places.append(DamagedPlace(error: damage, offset: offset))
            }
        }
        return places
    }

    private init(error: TableError, offset: Int) {
        (self.error, self.offset) = (error, offset)
    }

    private func isContinued(by part: TablePart, _ offset: Int) -> Bool {
        guard case .corrupt(_, part, _, _) = error else { return false }
        return offset == self.offset + count * TableReader.pageSize
    }

    /// The first page's error, and how far the damage goes.
    var description: String {
        count == 1
            ? "\(error)"
            : "\(error); and the \(count - 1) pages after it, up to "
                + String(offset + count * TableReader.pageSize)
    }
}
