import Foundation
import SystemPackage
import TestSupport
import Testing

/// Debian's own package index: real input of over 60,000 records that nobody here wrote.
struct PackageIndex {
    struct Package {
        var name: [UInt8] = []
        var version: [UInt8]?
        var section: [UInt8]?
        var installedSize: Int?
        var description: [UInt8]?
        var depends: [[UInt8]] = []
        var tags: [[UInt8]] = []
    }

    /// The first stanza of each name, in the index's order.
    let packages: [Package]

    /// Reads what `apt-cache dumpavail` prints.
    init() throws {
        let text = try Data(Self.dump().utf8)
        var packages: [Package] = []
        var names: Set<[UInt8]> = []
        var package = Package()
        var field: [UInt8] = []
        func close() {
            if !package.name.isEmpty, names.insert(package.name).inserted {
                packages.append(package)
            }
            package = Package()
        }
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty {
                close()
            } else if line.first == UInt8(ascii: " ") {
                Self.extend(&package, field, by: Array(line))
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                field = Array(line[..<colon])
                Self.set(&package, field, to: Self.trimmed(line[(colon + 1)...]))
            }
        }
        close()
        self.packages = packages
    }

    private static func dump() throws -> String {
        let file = try TemporaryDirectory()
        let path = file.file("index").string
        try runProgram("/bin/sh", ["-c", "apt-cache dumpavail > '\(path)'"], input: "")
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    private static func set(_ package: inout Package, _ field: [UInt8], to value: [UInt8]) {
        switch String(decoding: field, as: UTF8.self) {
        case "Package": package.name = value
        case "Version": package.version = value
        case "Section": package.section = value
        case "Installed-Size": package.installedSize = Int(String(decoding: value, as: UTF8.self))
        case "Description": package.description = value
        case "Depends": package.depends = list(value)
        case "Tag": package.tags = list(value)
        default: break
        }
    }

    /// A line that goes on with the field before it.
    private static func extend(_ package: inout Package, _ field: [UInt8], by line: [UInt8]) {
        switch String(decoding: field, as: UTF8.self) {
        case "Description": package.description?.append(contentsOf: [UInt8(ascii: "\n")] + line)
        case "Tag": package.tags += list(line)
        default: break
        }
    }

    private static func list(_ value: [UInt8]) -> [[UInt8]] {
        value.split(separator: UInt8(ascii: ",")).map { trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ bytes: some BidirectionalCollection<UInt8>) -> [UInt8] {
        let start = bytes.drop { $0 == UInt8(ascii: " ") }
        return Array(start.reversed().drop { $0 == UInt8(ascii: " ") }.reversed())
    }

    /// The values of a set as every reader must show them: distinct, in the order of their bytes.
    static func set(_ values: [[UInt8]]) -> [String] {
        Array(Set(values)).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
