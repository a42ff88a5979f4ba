import Foundation
public import SystemPackage

/// An empty directory of its own below the system's directory for temporary files, which goes with
/// everything in it when the object goes.
///
/// Keep the object as long as the path is in use, for example as a stored property of the suite;
/// `withTemporaryDirectory` does so by itself.
public final class TemporaryDirectory: Sendable {
    /// The directory; absolute.
    public let path: FilePath

    /// Makes the directory; only its owner may enter it.
    public init(prefix: String = "nostos-test") throws {
        let name = "\(prefix)-\(UUID().uuidString.lowercased())"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = FilePath(url.path)
    }

    deinit {
        // A test may have taken its own rights to a directory away: nothing more can be done here.
        try? FileManager.default.removeItem(atPath: path.string)
    }

    /// The path of a file of that name, existing or not.
    public func file(_ name: String) -> FilePath {
        path.appending(name)
    }
}

/// Runs `body` with a directory of its own, which is gone afterwards.
public func withTemporaryDirectory<Result>(
    _ body: (FilePath) throws -> Result
) throws -> Result {
    let directory = try TemporaryDirectory()
    return try withExtendedLifetime(directory) { try body(directory.path) }
}

/// Runs `body` with a directory of its own, which is gone afterwards.
public func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (FilePath) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory()
    let result = try await body(directory.path)
    withExtendedLifetime(directory) {}
    return result
}
