import Testing

/// The doors: the files that may import a C library or a heavy dependency, or print.
@Suite struct DoorsTests {
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
        "CLZ4": ["NostosLoader/Sort/SortedRunCompression.swift"],
        "CXXHash": ["Nostos/System/Checksum.swift"],
        "CSpawn": ["NostosLoader/Source/Command/ChildProcess.swift"],
        "CSSL": [],
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
        "CSSL": "NostosTLS/",
        "CSQLite": "NostosLoader/Source/SQLite/",
        "CPostgres": "NostosLoader/Source/PostgreSQL/",
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

    @Test func nothingPrintsButTheCommandLine() throws {
        for file in try SourceFiles.swift(in: "Sources") where !file.path.hasPrefix("NostosCLI/") {
            for line in file.lines where line.contains("print(") && !line.contains("//") {
                #expect(!line.contains(" print("), "\(file.path): \(line)")
            }
        }
    }
}
