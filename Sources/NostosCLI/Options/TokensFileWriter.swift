import Nostos
import NostosLoader
import SystemPackage

/// The writer of tokens files; it makes a new one with mode 600.
enum TokensFileWriter {
    /// Throws the mistakes in an entry.
    static func check(_ entry: String) throws {
        do { _ = try TokensFile.parse(entry, path: "") } catch {
            // Nobody has seen the entry, so its line and column would say nothing.
            let faults = error.errors.map(\.message).joined(separator: "; ")
            throw Failure(.badData, "the token: \(faults)")
        }
    }

    /// Appends an entry; the file stays as it was when the entry or the file has a mistake.
    static func append(_ entry: String, to path: String) throws {
        let path = FilePath(path)
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .append, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            try file.closeAfter {
                var text = try Self.text(of: file)
                if let last = text.last, last != UInt8(ascii: "\n") { text.append(0x0A) }
                let before = text.count
                text += Array(entry.utf8)
                // A second token of that name is refused before it is written.
                _ = try TokensFile.parse(String(decoding: text, as: UTF8.self), path: path)
                try file.writeAll(text[min(before, try Self.size(of: file))...])
            }
        } catch let error as Errno {
            throw Failure(.io, "\(path): \(error)")
        }
    }

    private static func size(of file: FileDescriptor) throws -> Int {
        Int(try file.seek(offset: 0, from: .end))
    }

    private static func text(of file: FileDescriptor) throws -> [UInt8] {
        var text: [UInt8] = []
        while try text.append(from: file, atMost: 1 << 16) > 0 {}
        return text
    }
}

/// The writer of files that only their owner can read.
enum SecretFile {
    /// Throws where a file of that name exists: it is never overwritten.
    static func checkIsNew(_ path: String) throws {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        else { return }
        try file.close()
        throw Failure(.io, "\(path): exists already, and is never overwritten")
    }

    /// Writes a new file with that text and mode 600.
    static func write(_ text: String, to path: String) throws {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly,
                options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: .ownerReadWrite)
            _ = try file.closeAfter { try file.writeAll(Array(text.utf8)) }
        } catch let error as Errno {
            throw Failure(.io, "\(path): \(error)")
        }
    }
}
