import Foundation
import SystemPackage
import TestSupport
import Testing

/// Every field of every Debian package, from the database through a job and REST, against the
/// index itself.
@Suite(.timeLimit(.minutes(10))) struct PackageIndexTests {
    private static let job = """
        job: packages
        index_column: name
        fields:
        - generator: sql_iterator
          sql: SELECT name, version, section, installed_size, description FROM packages
        - generator: sql_iterator
          is_set: true
          sql: SELECT name, dependency AS depends FROM depends
        - generator: sql_iterator
          is_set: true
          sql: SELECT name, tag AS tags FROM tags

        """

    @Test func everyFieldOfEveryPackageIsServedFromBothDatabases() throws {
        let index = try PackageIndex()
        try #require(index.packages.count > 60_000, "run `apt-get update` first")
        let directory = try TemporaryDirectory()
        let server = try PostgresServer.shared()
        let sqlite = directory.file("packages.db")
        try PackageDatabases.makeSQLite(index, at: sqlite, in: directory.path)
        let database = "packages\(UInt32.random(in: 0 ... .max))"
        try PackageDatabases.makePostgres(
            index, server, database: database, in: directory.path)

        let connections = [
            "sqlite": "{type: sqlite, path: \(sqlite)}",
            "postgresql": "{type: postgresql, url: \"\(server.url(database: database))\"}",
        ]
        var scans: [String] = []
        for (name, connection) in connections.sorted(by: { $0.key < $1.key }) {
            let folder = directory.path.appending(name)
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: false)
            try write(Self.job, to: folder.appending("packages.yml"))
            try write("\(name): \(connection)\n", to: folder.appending("connections.yml"))
            let nostos = NostosProgram(in: folder)
            let run = try nostos.run("run", "packages.yml")
            try #require(run.status == 0, "\(run.errors)")
            try checkOverREST(index, nostos)
            scans.append(try nostos.run("scan", "packages").output)
        }
        #expect(scans.count == 2 && scans[0] == scans[1], "the databases give different tables")
    }

    private func write(_ text: String, to path: FilePath) throws {
        try text.write(toFile: path.string, atomically: false, encoding: .utf8)
    }

    /// Looks up all packages, a thousand at a time, and compares each field.
    private func checkOverREST(_ index: PackageIndex, _ nostos: NostosProgram) throws {
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        var mismatches: [String] = []
        var checked = 0
        for start in stride(from: 0, to: index.packages.count, by: 1000) {
            let part = index.packages[start..<min(start + 1000, index.packages.count)]
            let names = part.map { String(decoding: $0.name, as: UTF8.self) }
            let body = try JSONSerialization.data(withJSONObject: ["keys": names])
            let answer = try client.post("/v1/jobs/packages/lookup", body)
            try #require(answer.status == 200, "\(answer.text)")
            let results = try #require(try answer.object()["results"] as? [[String: Any]])
            try #require(results.count == names.count)
            for (package, result) in zip(part, results) {
                checked += 1
                if !Self.isSame(package, result) { mismatches.append("\(result)") }
            }
        }
        #expect(mismatches.isEmpty, "\(mismatches.count), first: \(mismatches.first ?? "")")
        #expect(checked == index.packages.count)
    }

    private static func isSame(_ package: PackageIndex.Package, _ result: [String: Any]) -> Bool {
        guard result["found"] as? Bool == true, let values = result["values"] as? [String: Any],
            result["key"] as? String == String(decoding: package.name, as: UTF8.self)
        else { return false }
        func text(_ bytes: [UInt8]?) -> String? {
            bytes.map { String(decoding: $0, as: UTF8.self) }
        }
        return values.count == 6
            && values["version"] as? String == text(package.version)
            && values["section"] as? String == text(package.section)
            && values["installed_size"] as? Int == package.installedSize
            && values["description"] as? String == text(package.description)
            && values["depends"] as? [String] == PackageIndex.set(package.depends)
            && values["tags"] as? [String] == PackageIndex.set(package.tags)
    }
}
