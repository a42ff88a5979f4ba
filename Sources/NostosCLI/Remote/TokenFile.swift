import Foundation
import SystemPackage

/// The file of `--token-file`: one token, which nobody but its owner may read.
enum TokenFile {
    private static let maxSize = 4096

    /// The token; it is never printed.
    static func read(_ path: String) throws -> String {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw Failure(.configuration, "\(path): cannot be read; expected a file with a token")
        }
        let mode = (attributes[.posixPermissions] as? Int) ?? 0o777
        guard mode & 0o077 == 0 else {
            throw Failure(
                .configuration,
                "\(path): others may read it (mode \(String(mode, radix: 8))); "
                    + "expected 600: chmod 600 \(path)")
        }
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        let token = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        // What cannot stand in a header field is no token.
        guard !token.isEmpty, token.utf8.count <= maxSize,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw Failure(.configuration, "\(path): expected one token on one line") }
        return token
    }
}
