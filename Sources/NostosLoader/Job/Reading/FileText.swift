import Nostos
import SystemPackage

/// The reason for which a file's text cannot be read.
enum FileTextError: Error, Equatable {
    /// The system's reason.
    case unreadable(Errno)
    /// More bytes than allowed.
    case tooLarge(maxSize: Int)
    /// Bytes that are not UTF-8, at that place.
    case notUTF8(TextMark)

    /// The finding, for a message.
    var found: String {
        switch self {
        case .unreadable(let errno): "an unreadable file (\(errno))"
        case .tooLarge(let maxSize): "more than \(maxSize) bytes"
        case .notUTF8(let mark): "bytes that are not UTF-8 at \(mark.line):\(mark.column)"
        }
    }
}

/// The text of a file in UTF-8, without byte order mark; at most `maxSize` bytes are read, so that
/// an endless file ends.
func readText(_ path: FilePath, maxSize: Int) throws(FileTextError) -> String {
    let bytes: [UInt8]
    do {
        // Non-blocking: opening a pipe without a writer must not hang.
        let file = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking, .closeOnExec])
        bytes = try file.closeAfter { try readBytes(file, maxSize: maxSize + 1) }
    } catch {
        throw .unreadable(error as? Errno ?? .ioError)
    }
    guard bytes.count <= maxSize else { throw .tooLarge(maxSize: maxSize) }
    return try decodeText(bytes)
}

/// The text that these bytes are, without byte order mark.
func decodeText(_ bytes: [UInt8]) throws(FileTextError) -> String {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    guard let text = String(validating: content, as: UTF8.self) else {
        throw .notUTF8(firstInvalidMark(content))
    }
    return text
}

private func firstInvalidMark(_ bytes: ArraySlice<UInt8>) -> TextMark {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var line = 1
    var column = 1
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
        (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    return TextMark(line: line, column: column)
}

private func readBytes(_ file: FileDescriptor, maxSize: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < maxSize {
        let size = min(1 << 16, maxSize - bytes.count)
        if try bytes.append(from: file, atMost: size) == 0 { break }
    }
    return bytes
}
