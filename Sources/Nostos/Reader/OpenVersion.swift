import SystemPackage

/// One version that a reader has open.
///
/// While any reference to it lives its table is mapped, and no sweep deletes the file.
public final class OpenVersion: Sendable {
    /// The version's record in the catalog when the snapshot was taken.
    public let record: VersionRecord
    /// The table, open; the same object as long as the version is open.
    public let table: TableReader
    private let watch: TableWatch

    /// The version's number.
    public var number: Int { record.number }
    /// The version's state when the snapshot was taken.
    public var state: VersionState { record.state }
    /// When its table was published, in microseconds since 1970.
    public var publishedAt: Int64 { record.publishedAt ?? record.startedAt }

    /// Opens the table at `path`, which must be the one that the catalog knows.
    init(_ record: VersionRecord, opening path: FilePath) throws(OpenError) {
        self.record = record
        do throws(CatalogError) {
            watch = try TableWatch(leasing: path)
        } catch {
            throw .catalog(error)
        }
        do throws(TableError) {
            table = try TableReader(opening: path)
        } catch {
            throw .table(error)
        }
        guard table.info.size == record.size, table.info.digest == record.digest else {
            throw .other(
                "\(path): digest \(table.info.digest), \(table.info.size) bytes; the catalog "
                    + "expected \(record.digest), \(record.size) bytes")
        }
    }

    /// The same open table under another state.
    init(_ record: VersionRecord, sharing open: OpenVersion) {
        self.record = record
        table = open.table
        watch = open.watch
    }

    /// Whether the table's file still has its name; without it, it is gone with this process.
    var isNamed: Bool { watch.isNamed }

    /// Looks whether somebody touched the table's file; gives whether it has lost its name since.
    func look() -> Bool { watch.look(after: table) }
}

/// The reason for which a version cannot be opened.
enum OpenError: Error, CustomStringConvertible {
    case catalog(CatalogError)
    case table(TableError)
    case other(String)

    var description: String {
        switch self {
        case .catalog(let error): "\(error)"
        case .table(let error): "\(error)"
        case .other(let detail): detail
        }
    }
}
