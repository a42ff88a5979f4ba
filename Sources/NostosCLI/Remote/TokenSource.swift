import Foundation
import Nostos
import SystemPackage

/// The source of a client's token: a file, standard input, or the environment.
enum TokenSource {
    private static let maxSize = 4096
    private static let hint =
        "--token-file FILE, or NOSTOS_TOKEN or NOSTOS_TOKEN_FILE in the environment"

    /// The token of `--token-file`, else of `$NOSTOS_TOKEN`, else of `$NOSTOS_TOKEN_FILE`; nil
    /// where there is none.
    ///
    /// The token is never printed.
    static func token(file: String?, environment: [String: String]) throws -> String? {
        if let file { return try read(file) }
        if let text = environment["NOSTOS_TOKEN"], !text.isEmpty {
            return try token(of: Array(text.utf8), from: "NOSTOS_TOKEN")
        }
        guard let file = environment["NOSTOS_TOKEN_FILE"], !file.isEmpty else { return nil }
        return try read(file)
    }

    /// The message where a server requires a token and none was given.
    static func missing(at server: String) -> String {
        "\(server) asks for a token: \(hint)"
    }

    /// Reads the token of a file; `-` is standard input.
    private static func read(_ path: String) throws -> String {
        guard path != "-" else {
            return try token(of: bytes(of: .standardInput), from: "standard input")
        }
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        } catch {
            throw Failure(
                .configuration, "\(path): cannot be read: \(error); expected a file with a token")
        }
        return try file.closeAfter {
            try checkMode(path)
            return try token(of: bytes(of: file), from: path)
        }
    }

    /// Refuses a file of this user that everybody may read, and a file that everybody may write.
    ///
    /// The mode is that of the target of symbolic links. Secrets that are mounted into a
    /// container belong to another user or lie on a file system that is mounted read-only: nobody
    /// here can change their mode. The mode of a pipe means nothing.
    private static func checkMode(_ path: String) throws {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let status = try? FileManager.default.attributesOfItem(atPath: target),
            status[.type] as? FileAttributeType == .typeRegular,
            let bits = status[.posixPermissions] as? Int
        else { return }
        let mode = String(bits, radix: 8)
        guard bits & 0o002 == 0 else {
            throw Failure(
                .configuration,
                "\(path): everybody may write it (mode \(mode)); expected 600: chmod 600 \(path)")
        }
        // The value's integer type differs from system to system.
        let isMine = status[.ownerAccountID].map { "\($0)" } == String(geteuid())
        guard bits & 0o004 != 0, isMine, !isReadOnly(target) else { return }
        throw Failure(
            .configuration,
            "\(path): everybody may read it (mode \(mode)); expected 600: chmod 600 \(path)")
    }

    /// Whether the file lies on a file system that is mounted read-only.
    private static func isReadOnly(_ path: String) -> Bool {
        do {
            try FileDescriptor.open(FilePath(path), .readWrite, options: .closeOnExec).close()
            return false
        } catch {
            return error as? Errno == .readOnlyFileSystem
        }
    }

    private static func bytes(of file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= maxSize {
            guard try bytes.append(from: file, atMost: maxSize) > 0 else { break }
        }
        return bytes
    }

    private static func token(of bytes: [UInt8], from source: String) throws -> String {
        let token = String(decoding: bytes, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        // Other bytes cannot stand in a header field.
        guard !token.isEmpty, token.utf8.count <= maxSize,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { throw Failure(.configuration, "\(source): expected one token on one line") }
        return token
    }
}
