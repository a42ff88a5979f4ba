import Testing

/// The walls: modules that a target must not import, and the order of the folders of a target.
@Suite struct WallsTests {
    /// The modules that a target must not import, by the target.
    private static let forbidden: [String: Set<String>] = [
        "Nostos": ["Logging", "Yams", "NIOCore", "NIOPosix", "ArgumentParser", "Foundation"],
        "NostosLoader": ["NIOCore", "NIOPosix", "ArgumentParser", "NostosServer"],
        "NostosServer": ["Yams", "ArgumentParser", "NostosLoader", "Foundation"],
    ]

    /// The folders of each target in their order.
    ///
    /// The files of a folder use types of their own folder and of those before it. Files elsewhere
    /// in the target may use all.
    private static let layers: [String: [String]] = [
        "Nostos": [
            "System", "Memory", "Record", "Table/Format", "Table/Profile", "Table/Coding",
            "Table/Writing", "Table/Decoding", "Table/Reading", "Table/Inspect", "Table/Diff",
            "Catalog", "Reader",
        ],
        "NostosLoader": [
            "System", "Job", "Entry", "Source", "Plan", "Sort", "Merge", "Extract", "Check", "Run",
            "Preview",
        ],
        "NostosServer": [
            "HTTP", "Security", "DataPlane", "Transport", "ControlPlane", "Metrics",
        ],
        "NostosCLI": ["Output", "Options", "Progress", "Remote"],
    ]

    /// The types that a folder uses although their folder comes after it, with the reason.
    private static let exceptions: [String: Set<String>] = [
        // The calls of `Disk` and `FileLock` throw the error of their main caller, the catalog: an
        // error of their own would be translated at each of the catalog's calls.
        "Nostos/System": ["CatalogError"]
    ]

    @Test func noTargetImportsWhatItMustNot() throws {
        for file in try SourceFiles.swift(in: "Sources") {
            let target = String(file.path.prefix { $0 != "/" })
            for module in file.imports {
                let isAllowed = Self.forbidden[target]?.contains(module) != true
                #expect(isAllowed, "\(file.path) imports \(module)")
            }
        }
    }

    @Test(arguments: layers.keys.sorted())
    func everyFolderUsesOnlyFoldersBeforeIt(target: String) throws {
        let layers = try #require(Self.layers[target])
        let files = try SourceFiles.swift(in: "Sources/\(target)").map { file in
            (file.path, SwiftCode(file.lines.joined(separator: "\n")))
        }
        for layer in layers {
            #expect(files.contains { $0.0.hasPrefix(layer + "/") }, "no file in \(target)/\(layer)")
        }
        let level = { (path: String) in
            layers.firstIndex { path.hasPrefix($0 + "/") } ?? layers.count
        }
        var homes: [String: String] = [:]
        for (path, code) in files {
            for type in code.types { homes[type] = path }
        }
        var used: Set<String> = []
        for (path, code) in files where level(path) < layers.count {
            let folder = "\(target)/\(layers[level(path)])"
            let exceptions = Self.exceptions[folder] ?? []
            for name in code.usedNames {
                guard let home = homes[name], level(home) > level(path) else { continue }
                used.insert(folder + name)
                #expect(exceptions.contains(name), "\(target)/\(path) uses \(name) of \(home)")
            }
        }
        for (folder, names) in Self.exceptions where folder.hasPrefix(target + "/") {
            for name in names {
                #expect(used.contains(folder + name), "\(folder) no longer uses \(name)")
            }
        }
    }

    @Test func codeIsReadWithoutCommentsAndTexts() {
        let code = SwiftCode(
            ##"""
            // A Comment
            /* Another */
            private struct Hidden {}
            public struct Shown { enum Inner {} }
            let text = "Text \(Used.name) \("Nested \(Deep.self)")" + #"Raw \(Text) \#(Raw.self)"#
            let long = """
                Long "Text" \(Long(1))
                """
            func f() -> Outer.Member { Inner.a }
            """##)
        #expect(code.types == ["Shown"])
        #expect(code.usedNames == ["Used", "Deep", "Raw", "Long", "Outer"])
    }
}
