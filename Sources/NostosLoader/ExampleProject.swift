import FoundationEssentials
public import SystemPackage

/// The example of `nostos init`: one job over a small SQLite file, with scalar and set fields.
public struct ExampleProject {
    private let directory: FilePath

    /// The SQLite file.
    public var database: FilePath { directory.appending("data").appending("example.db") }

    /// An example in that directory; nothing is written yet.
    public init(directory: FilePath) { self.directory = directory }

    /// Writes job file, connections and database.
    ///
    /// - Returns: the job file's path.
    /// - Throws: ``RunError`` when one of them exists or cannot be written; what existed is
    ///   untouched.
    public func write() throws(RunError) -> FilePath {
        let jobs = directory.appending("jobs")
        let job = jobs.appending("user_profile.yml")
        let connections = jobs.appending("connections.yml")
        for path in [job, connections, database]
        where FileManager.default.fileExists(atPath: path.string) {
            throw RunError(.failed, "\(path) exists; nothing was written")
        }
        do {
            for path in [jobs, database.removingLastComponent()] {
                try FileManager.default.createDirectory(
                    atPath: path.string, withIntermediateDirectories: true)
            }
            try Data(Self.jobText.utf8).write(to: URL(fileURLWithPath: job.string))
            try Data(Self.connectionsText.utf8).write(
                to: URL(fileURLWithPath: connections.string))
        } catch {
            throw RunError(.io, "\(directory): \(error)")
        }
        do throws(SourceError) {
            try SQLiteScript.run(Self.databaseScript, creating: database)
        } catch {
            throw RunError(.io, "\(database): \(error)")
        }
        return job
    }

    private static let jobText = """
        # Features of a user for online ranking: one record per user.
        # Run it with: nostos run jobs/user_profile.yml --var ds=2026-01-02
        job: user_profile
        description: Features used in online ranking
        index_column: user_id
        vars: {ds: 2026-01-01}

        fields:
        # One row per user: every column but the index column is a field.
        - generator: sql_iterator
          sql: >
            SELECT user_id, language, score, active AS is_active, '{{ ds }}' AS as_of
            FROM users
        # Many rows per user: all values of a user become one sorted JSON array.
        - generator: sql_iterator
          is_set: true
          sql: SELECT user_id, course AS courses FROM enrollments

        # A version that fails one of these is never served; severity: warn only warns.
        checks:
        - row_count: {min: 1000, max_change: 20%}
        - missing: {field: language, max: 20%}
        - range: {field: score, min: 0, max: 1}

        """

    private static let connectionsText = """
        # Where the jobs of this directory read from; the only connection is the default.
        local: {type: sqlite, path: ../data/example.db}

        """

    private static let databaseScript = """
        BEGIN;
        CREATE TABLE users (user_id INTEGER PRIMARY KEY, language TEXT, score REAL, active BOOLEAN);
        CREATE TABLE enrollments (user_id INTEGER, course TEXT);
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        INSERT INTO users SELECT 1001 + i,
            CASE i % 7 WHEN 0 THEN 'es' WHEN 1 THEN 'pt' WHEN 2 THEN NULL ELSE 'en' END,
            round((i * 7919 % 10000) / 10000.0, 4), i % 3 > 0
        FROM n;
        WITH RECURSIVE
            n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29999),
            courses(c, name) AS (VALUES (0, 'machine-learning'), (1, 'algorithms'),
                (2, 'databases'), (3, 'statistics'), (4, 'genomics'), (5, 'music-théorie'))
        INSERT INTO enrollments SELECT 1001 + i * 37 % 9000, name
        FROM n JOIN courses ON c = i * i % 11 % 6;
        COMMIT;
        """
}
