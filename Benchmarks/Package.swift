// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds Nostos needs its rivals.
let package = Package(
    name: "nostos-benchmarks",
    dependencies: [
        .package(name: "nostos", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // The rivals as Debian ships them. Their names differ from those of Nostos's own C modules,
        // since target names are unique in a package graph.
        .systemLibrary(name: "RivalCDB", providers: [.apt(["libcdb-dev"])]),
        .systemLibrary(name: "RivalLMDB", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "RivalRocksDB", providers: [.apt(["librocksdb-dev"])]),
        .systemLibrary(name: "RivalSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "RivalZstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CountedAllocations"),
        .target(name: "LoadClient"),
        .executableTarget(
            name: "HummingbirdHello",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "NostosAllocations",
            dependencies: [
                "CountedAllocations",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Nostos", package: "nostos"),
                .product(name: "NostosServer", package: "nostos"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: [
                .enableExperimentalFeature("Lifetimes"), .treatAllWarnings(as: .error),
            ]),
        // Measures the `nostos` program from outside, so that it needs nothing of it.
        .executableTarget(
            name: "NostosLoadBench", swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "NostosServe",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Nostos", package: "nostos"),
                .product(name: "NostosServer", package: "nostos"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "NostosBench",
            dependencies: [
                "LoadClient", "RivalCDB", "RivalLMDB", "RivalRocksDB", "RivalSQLite", "RivalZstd",
                .product(name: "Nostos", package: "nostos"),
                .product(name: "NostosLoader", package: "nostos"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: [
                .enableExperimentalFeature("Lifetimes"),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ]),
    ]
)
