import Nostos
import NostosLoader
import SystemPackage
import TestSupport
import Testing

/// A job whose file is right and whose rows, queries or connections are not, and what is said.
struct BadRun: Sendable, CustomTestStringConvertible {
    let name: String
    /// The SQL that makes the SQLite file `a.db`.
    let script: String
    /// The job file, `bad.yml`.
    let job: String
    /// The whole message; `DIR` stands for the directory.
    let message: String
    var kind = RunError.Kind.badJob
    /// `connections.yml`.
    var connections = "local: {type: sqlite, path: a.db}"
    /// Other files, by name.
    var files: [String: [UInt8]] = [:]

    init(
        _ name: String, _ script: String, _ job: String, _ message: String,
        kind: RunError.Kind = .badJob, connections: String = "local: {type: sqlite, path: a.db}",
        files: [String: [UInt8]] = [:]
    ) {
        (self.name, self.script, self.job, self.message) = (name, script, job, message)
        (self.kind, self.connections, self.files) = (kind, connections, files)
    }

    /// Over a table `t` with the columns `id` and `v` and one row.
    init(
        _ name: String, _ job: String, _ message: String, kind: RunError.Kind = .badJob,
        connections: String = "local: {type: sqlite, path: a.db}", files: [String: [UInt8]] = [:]
    ) {
        self.init(
            name, "CREATE TABLE t (id, v); INSERT INTO t VALUES (1, 1)", job, message, kind: kind,
            connections: connections, files: files)
    }

    var testDescription: String { name }

    /// Runs it for real, and gives what it says.
    func run() throws -> RunError? {
        try withTemporaryDirectory { directory in
            try SQLiteFixture.execute(script, at: directory.appending("a.db"))
            for (name, bytes) in files { try write(bytes, to: directory.appending(name)) }
            let path = directory.appending("bad.yml")
            let job = try JobFile.parse(job, path: path, environment: [:]).jobs[0]
            let connections = try Connections.parse(
                connections, path: directory.appending("connections.yml"), environment: [:])
            let run = Run(
                job, connections: connections, catalog: nil,
                options: RunOptions(actor: "test", builder: "test")
            ) { _ in }
            do throws(RunError) {
                _ = try run.dryRun()
                return nil
            } catch {
                return RunError(
                    error.kind, error.message.replacing("\(directory)/", with: ""))
            }
        }
    }
}

/// A job of one query, in which `%` stands for the query.
func queryJob(_ sql: String, _ rest: String = "") -> String {
    """
    job: bad
    index_column: id
    fields:
    - generator: sql_iterator
      sql: \(sql)
    \(rest)
    """
}
