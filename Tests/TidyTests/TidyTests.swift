import Foundation
import Testing

/// The rules that the compiler cannot state: doors, sizes, no stray prints.
///
/// Reads the sources as text.
@Suite struct TidyTests {
    /// Each C library and each heavy dependency has its doors: the files that may import it.
    private static let doors: [String: Set<String>] = [
        "CCrypto": ["Nostos/System/SHA256.swift"],
        "CEpoll": [
            "NostosServer/Transport/Epoll/Epoll.swift", "NostosServer/Transport/PortSharing.swift",
            "NostosServer/Transport/StreamSocket.swift",
        ],
        "CGuard": ["Nostos/System/GuardedRegion.swift"],
        "CHints": [
            "Nostos/System/MappedFile.swift", "Nostos/System/Prefetch.swift",
            "NostosLoader/Sort/SortMemory.swift", "NostosServer/Transport/FreeMemory.swift",
        ],
        "CLMDB": ["Nostos/Catalog/LMDB/LMDB.swift"],
        "CLZ4": ["NostosLoader/Sort/RunCompression.swift"],
        "CXXHash": ["Nostos/System/Checksum.swift"],
        "CSpawn": ["NostosLoader/Source/Command/ChildProcess.swift"],
        "CZlib": [
            "NostosLoader/Source/Bytes/GzipBytes.swift", "NostosServer/HTTP/GzipEncoder.swift",
        ],
        "CZstd": [
            "Nostos/Table/Coding/Zstd.swift", "NostosLoader/Source/Bytes/ZstdBytes.swift",
            "NostosServer/HTTP/ZstdEncoder.swift",
        ],
        "CSQLite": [],
        "CPostgres": [],
        "Yams": ["NostosLoader/Job/YAML/YAMLReader.swift"],
    ]
    /// Doors that are a family of files, by the beginning of their paths.
    private static let doorPrefixes: [String: String] = [
        "CSQLite": "NostosLoader/Source/SQLite/",
        "CPostgres": "NostosLoader/Source/PostgreSQL/",
    ]
    /// The modules that a target must not import, by the target.
    private static let walls: [String: Set<String>] = [
        "Nostos": ["Logging", "Yams", "NIOCore", "NIOPosix", "ArgumentParser", "Foundation"],
        "NostosLoader": ["NIOCore", "NIOPosix", "ArgumentParser", "NostosServer"],
        "NostosServer": ["Yams", "ArgumentParser", "NostosLoader", "Foundation"],
    ]

    @Test func eachDependencyIsImportedThroughItsDoor() throws {
        for file in try SourceFiles.swift(in: "Sources") {
            for module in file.imports {
                guard let doors = Self.doors[module] else { continue }
                let prefix = Self.doorPrefixes[module]
                let isDoor = doors.contains(file.path) || prefix.map(file.path.hasPrefix) == true
                #expect(isDoor, "\(file.path) imports \(module)")
            }
        }
    }

    @Test func noTargetKnowsWhatItMustNot() throws {
        for file in try SourceFiles.swift(in: "Sources") {
            let target = String(file.path.prefix { $0 != "/" })
            let walls = Self.walls[target] ?? []
            for module in file.imports {
                #expect(!walls.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func filesAndFunctionsAreShort() throws {
        for file in try SourceFiles.swift(in: "Sources") + SourceFiles.swift(in: "Tests") {
            #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines")
            for (name, size) in file.functions {
                #expect(size <= 70, "\(file.path): \(name) has \(size) lines")
            }
        }
    }

    @Test func nothingPrintsButTheCommandLine() throws {
        for file in try SourceFiles.swift(in: "Sources") where !file.path.hasPrefix("NostosCLI/") {
            for line in file.lines where line.contains("print(") && !line.contains("//") {
                #expect(!line.contains(" print("), "\(file.path): \(line)")
            }
        }
    }

    @Test func everyUncheckedSendableGivesItsReason() throws {
        for file in try SourceFiles.swift(in: "Sources") {
            for (index, line) in file.lines.enumerated() where line.contains("@unchecked Sendable")
            {
                let above = file.lines[max(0, index - 4)..<index].joined()
                #expect(above.contains("@unchecked"), "\(file.path):\(index + 1)")
            }
        }
    }

    @Test func nothingIsLeftUndoneByItsOwnWords() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in try SourceFiles.swift(in: "Sources") + SourceFiles.swift(in: "Tests") {
            for line in file.lines {
                let found = line.split { !$0.isLetter }.first { words.contains(String($0)) }
                #expect(found == nil, "\(file.path): \(line)")
            }
        }
    }

    @Test func everyRelativeLinkOfADocumentLeadsToAFile() throws {
        var count = 0
        for page in try SourceFiles.documents() {
            for match in page.text.matches(of: /\]\(([^)#:]+)[^):]*\)/) {
                let target = page.url.deletingLastPathComponent()
                    .appendingPathComponent(String(match.1))
                #expect(
                    FileManager.default.fileExists(atPath: target.path),
                    "\(page.url.lastPathComponent): \(match.1)")
                count += 1
            }
        }
        #expect(count > 0)
    }
}
