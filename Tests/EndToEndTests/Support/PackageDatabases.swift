import Foundation
import SystemPackage
import TestSupport

/// The package index in SQLite and in PostgreSQL: three source tables of the same rows.
enum PackageDatabases {
    private static let schema = """
        CREATE TABLE packages (name TEXT, version TEXT, section TEXT, installed_size BIGINT,
            description TEXT);
        CREATE TABLE depends (name TEXT, dependency TEXT);
        CREATE TABLE tags (name TEXT, tag TEXT);
        """

    /// Makes an SQLite file with the index.
    static func makeSQLite(_ index: PackageIndex, at path: FilePath, in directory: FilePath) throws
    {
        let separators: (UInt8, UInt8) = (0x1F, 0x1E)
        var script = schema + "\n.mode ascii\n"
        for (table, rows) in rows(index) {
            let file = directory.appending("\(table).ascii")
            var bytes: [UInt8] = []
            for row in rows {
                for (index, cell) in row.enumerated() {
                    bytes += cell ?? []
                    bytes.append(index == row.count - 1 ? separators.1 : separators.0)
                }
            }
            try Data(bytes).write(to: URL(fileURLWithPath: file.string))
            script += ".import \(file) \(table)\n"
        }
        // `.import` knows no NULL: an empty cell of these columns is one.
        for column in ["version", "section", "installed_size", "description"] {
            script += "UPDATE packages SET \(column) = NULL WHERE \(column) = '';\n"
        }
        try SQLiteFixture.execute(script, at: path)
    }

    /// Fills a database of the test server with the index.
    static func makePostgres(
        _ index: PackageIndex, _ server: PostgresServer, database: String, in directory: FilePath
    ) throws {
        try server.createDatabase(named: database)
        try server.execute(schema, database: database)
        for (table, rows) in rows(index) {
            let file = directory.appending("\(table).copy")
            var bytes: [UInt8] = []
            for row in rows {
                for (index, cell) in row.enumerated() {
                    bytes += cell.map(escaped) ?? Array("\\N".utf8)
                    bytes.append(UInt8(ascii: index == row.count - 1 ? "\n" : "\t"))
                }
            }
            try Data(bytes).write(to: URL(fileURLWithPath: file.string))
            try server.execute("\\copy \(table) FROM '\(file)'\n", database: database)
        }
    }

    private static func rows(_ index: PackageIndex) -> [(String, [[[UInt8]?]])] {
        let packages = index.packages
        return [
            (
                "packages",
                packages.map { package in
                    let size = package.installedSize.map { Array("\($0)".utf8) }
                    return [
                        package.name, package.version, package.section, size, package.description,
                    ]
                }
            ),
            (
                "depends",
                packages.flatMap { package in package.depends.map { [package.name, $0] } }
            ),
            ("tags", packages.flatMap { package in package.tags.map { [package.name, $0] } }),
        ]
    }

    /// A cell of COPY's text format.
    private static func escaped(_ cell: [UInt8]) -> [UInt8] {
        cell.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "\\"): Array("\\\\".utf8)
            case UInt8(ascii: "\n"): Array("\\n".utf8)
            case UInt8(ascii: "\t"): Array("\\t".utf8)
            case UInt8(ascii: "\r"): Array("\\r".utf8)
            default: [byte]
            }
        }
    }
}
