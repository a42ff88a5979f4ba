import SystemPackage

// Every name in a store, and nowhere else:
//
//     <root>/catalog/data.mdb, lock.mdb      what readers read: jobs, versions, runs
//     <root>/catalog/journal                 every change, one line each; written before data.mdb
//     <root>/catalog/commit.lock             held while one change is written
//     <root>/tables/<job>_<number>.table     the published tables; never written again
//     <root>/scratch/<job>_<number>.<pid>/   what a run under way writes
//       progress.json, progress.lock         how far it is, and that it lives
//     <root>/locks/<job>.lock                held while a run of the job is under way
//
// The commit's lock does not lie in locks/, where it would meet the lock of a job of its name.

/// The rule for names of jobs, which become parts of file names and URLs.
public enum JobName {
    /// The longest name, in bytes.
    public static let maxSize = 63

    /// Whether the name is one to 63 of `a-z`, `0-9`, `_` and `-`, the first neither `_` nor `-`.
    public static func isValid(_ name: some StringProtocol) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= maxSize else { return false }
        return isAlphanumeric(first)
            && bytes.allSatisfy {
                isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// The name of a published table, `<job>_<number>.table`.
///
/// The number follows the last `_` and is decimal without a leading zero, so that no two pairs of
/// job and number share a name.
public struct TableName: Sendable, Hashable {
    /// The job.
    public let job: String
    /// The version's number, from 1.
    public let number: Int

    /// The name of that version's table.
    public init(job: String, number: Int) {
        self.job = job
        self.number = number
    }

    /// The name's parts, or nil when no table is called so.
    public init?(_ fileName: String) {
        guard fileName.hasSuffix(".table"),
            let stem = VersionStem(fileName.utf8.dropLast(".table".utf8.count))
        else { return nil }
        job = stem.job
        number = stem.number
    }

    /// The file's name below `tables/`.
    public var fileName: String { "\(job)_\(number).table" }
}

/// The name of a run's scratch directory, `<job>_<number>.<pid>`.
struct ScratchName: Sendable, Hashable {
    let job: String
    let number: Int
    let pid: Int

    init(job: String, number: Int, pid: Int) {
        self.job = job
        self.number = number
        self.pid = pid
    }

    /// The name's parts, or nil when no scratch directory is called so.
    init?(_ fileName: String) {
        let bytes = fileName.utf8
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")),
            let stem = VersionStem(bytes[..<dot]),
            let pid = Int(plainDecimal: Array(bytes[bytes.index(after: dot)...]).span)
        else { return nil }
        self.init(job: stem.job, number: stem.number, pid: pid)
    }

    var fileName: String { "\(job)_\(number).\(pid)" }
}

/// The names of a run's progress file in its scratch directory, of the file that takes its place,
/// and of the lock that says that the run lives.
enum ProgressName {
    static let file = "progress.json"
    static let newFile = "progress.json.new"
    static let lock = "progress.lock"
}

/// `<job>_<number>`, which names of tables and of scratch directories begin with.
private struct VersionStem {
    let job: String
    let number: Int

    init?(_ bytes: Substring.UTF8View) {
        guard let underscore = bytes.lastIndex(of: UInt8(ascii: "_")),
            let number = Int(plainDecimal: Array(bytes[bytes.index(after: underscore)...]).span)
        else { return nil }
        let job = String(Substring(bytes[..<underscore]))
        guard JobName.isValid(job) else { return nil }
        self.job = job
        self.number = number
    }
}

/// The paths of all files in the store at `root`.
struct StoreLayout: Sendable, Hashable {
    let root: FilePath

    var catalog: FilePath { root.appending("catalog") }
    var data: FilePath { catalog.appending("data.mdb") }
    var dataLock: FilePath { catalog.appending("lock.mdb") }
    var journal: FilePath { catalog.appending("journal") }
    var commitLock: FilePath { catalog.appending("commit.lock") }
    /// The file in which a new journal is written before it takes its name.
    var newJournal: FilePath { catalog.appending("journal.new") }
    /// The directory in which a new `data.mdb` is made before it takes its place.
    var newData: FilePath { catalog.appending("new") }

    var tables: FilePath { root.appending("tables") }
    var scratch: FilePath { root.appending("scratch") }
    var locks: FilePath { root.appending("locks") }

    /// The directories of a store, parents first.
    var directories: [FilePath] { [root, catalog, tables, scratch, locks] }

    /// The table of a version; the job's name is valid.
    func table(_ job: String, _ number: Int) -> FilePath {
        depot.path(of: TableName(job: job, number: number))
    }

    /// The published tables.
    var depot: LocalDepot { LocalDepot(directory: tables) }

    /// The scratch directory of a run; the job's name is valid.
    func scratch(_ name: ScratchName) -> FilePath {
        scratch.appending(name.fileName)
    }

    /// The lock of a job's runs; the job's name is valid.
    func lock(_ job: String) -> FilePath {
        locks.appending("\(job).lock")
    }
}
