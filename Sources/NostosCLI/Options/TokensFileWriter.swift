import Nostos
import NostosLoader
import SystemPackage

/// Appends to a tokens file, which only its owner can read or write when this makes it.
enum TokensFileWriter {
    /// Throws what is wrong with an entry, before anybody relies on it.
    static func check(_ entry: String) throws {
        do { _ = try TokensFile.parse(entry, path: "") } catch {
            // Nobody has seen the entry: its columns would tell nothing.
            let faults = error.errors.map(\.message).joined(separator: "; ")
            throw Failure(.badData, "the token: \(faults)")
        }
    }

    /// Appends an entry; the file is right afterwards, or as before.
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
                // A second token of that name is seen before it is written.
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

/// A new file that only its owner can read.
enum SecretFile {
    /// Throws where a file of that name is there: it is never overwritten.
    static func checkIsNew(_ path: String) throws {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        else { return }
        try file.close()
        throw Failure(.io, "\(path): is there already and is never overwritten")
    }

    /// Writes the text.
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
