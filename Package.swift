// swift-tools-version: 6.2
import Foundation
import PackageDescription

let package = Package(
    name: "nostos",
    products: [
        .library(name: "Nostos", targets: ["Nostos"]),
        .library(name: "NostosLoader", targets: ["NostosLoader"]),
        .executable(name: "nostos", targets: ["NostosCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CEpoll"),
        // Reading on when a page of a mapped file cannot be read.
        .target(name: "CGuard"),
        .systemLibrary(name: "CHints"),
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // The store: records, tables, catalog, snapshots.
        .target(
            name: "Nostos",
            dependencies: [
                "CGuard", "CHints", "CLMDB", "CXXHash", "CZstd",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // Offline: job files, sources, generators, sorting, the run.
        .target(
            name: "NostosLoader",
            dependencies: [
                "Nostos", "CPostgres", "CSQLite", "CZstd",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ]),
        // Online: the data plane.
        .target(
            name: "NostosServer",
            dependencies: [
                "Nostos",
                .target(name: "CEpoll", condition: .when(platforms: [.linux])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "NostosCLI",
            dependencies: [
                "Nostos", "NostosLoader", "NostosServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),

        .target(
            name: "TestSupport",
            dependencies: [
                "Nostos", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/TestSupport"),
        // Ends by a signal, for a test of what is not the guard's.
        .executableTarget(
            name: "GuardProbe",
            dependencies: [
                "Nostos", .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/GuardProbe"),
        .testTarget(
            name: "NostosTests",
            dependencies: [
                "GuardProbe", "Nostos", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Table/five-records.dump"]),
        .testTarget(
            name: "NostosLoaderTests",
            dependencies: [
                "Nostos", "NostosLoader", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "NostosServerTests",
            dependencies: [
                "Nostos", "NostosServer", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Nostos", "NostosCLI", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(name: "TidyTests"),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableExperimentalFeature("Lifetimes"),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
    ]
}

// Fuzzing needs a sanitizer that has its own `main`: only `scripts/fuzz` builds these targets.
if ProcessInfo.processInfo.environment["NOSTOS_FUZZ"] != nil {
    for (name, tested): (String, [Target.Dependency]) in [
        ("Table", []), ("Request", ["NostosServer"]),
    ] {
        package.targets.append(
            .executableTarget(
                name: "\(name)Fuzzer",
                dependencies: tested + [
                    "Nostos", "TestSupport",
                    .product(name: "SystemPackage", package: "swift-system"),
                ],
                path: "Tests/Fuzz/\(name)",
                swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
    }
}
