import Foundation
public import SystemPackage

/// SQLite databases for tests, made by the `sqlite3` program: only its door links the library.
public enum SQLiteFixture {
    /// Runs SQL on the database at that path, which is made when it does not exist, and gives what
    /// sqlite3 prints.
    @discardableResult
    public static func execute(_ sql: String, at path: FilePath) throws -> String {
        do {
            return try runProgram("/usr/bin/env", ["sqlite3", "-bail", path.string], input: sql)
        } catch let failure as ProgramFailure where failure.description.contains("exit code 127") {
            throw ProgramFailure(
                description: """
                    sqlite3 is not installed, so this test cannot run. Install it: \
                    scripts/setup --with-test-servers (apt-get install -y sqlite3)
                    """)
        }
    }
}
