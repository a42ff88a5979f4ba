// swift-tools-version: 6.2
import Foundation
import PackageDescription

let package = Package(
    name: "nostos",
    products: [
        .library(name: "Nostos", targets: ["Nostos"]),
        .library(name: "NostosLoader", targets: ["NostosLoader"]),
        .library(name: "NostosServer", targets: ["NostosServer"]),
        .executable(name: "nostos", targets: ["NostosCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Without its defaults: neither configuration files nor all of Foundation.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CEpoll"),
        // Reading on when a page of a mapped file cannot be read.
        .target(name: "CGuard"),
        .systemLibrary(name: "CHints"),
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "CSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // The store: records, tables, catalog, snapshots.
        .target(
            name: "Nostos",
            dependencies: [
                "CCrypto", "CGuard", "CHints", "CLMDB", "CXXHash", "CZstd",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        // Offline: job files, sources, generators, sorting, the run.
        .target(
            name: "NostosLoader",
            dependencies: [
                "Nostos", "CHints", "CLZ4", "CPostgres", "CSQLite", "CSpawn", "CZlib", "CZstd",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ]),
        // TLS for the server and for clients: OpenSSL as a handler of SwiftNIO.
        .target(
            name: "NostosTLS",
            dependencies: ["CSSL", .product(name: "NIOCore", package: "swift-nio")]),
        // Online: the data plane and the control plane.
        .target(
            name: "NostosServer",
            dependencies: [
                "Nostos", "NostosTLS", "CHints", "CZlib", "CZstd",
                .target(name: "CEpoll", condition: .when(platforms: [.linux])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "NostosCLI",
            dependencies: [
                "Nostos", "NostosLoader", "NostosServer", "NostosTLS",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
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
            exclude: ["Table/Inspect/five-records.dump"]),
        .testTarget(
            name: "NostosLoaderTests",
            dependencies: [
                "Nostos", "NostosLoader", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "NostosTLSTests",
            dependencies: [
                "NostosTLS", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        .testTarget(
            name: "NostosServerTests",
            dependencies: [
                "Nostos", "NostosLoader", "NostosServer", "NostosTLS", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .testTarget(
            name: "NostosCLITests",
            dependencies: [
                "Nostos", "NostosCLI", "NostosLoader", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Nostos", "NostosCLI", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Clients", "Recipes"]),
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
