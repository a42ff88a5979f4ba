import Nostos

extension RequestParser {
    /// The size of a chunk with its extensions, in bytes.
    static let maxChunkLineSize = 1 << 10
    /// The size that a chunked content may have besides the bytes of its chunks: sizes, extensions
    /// and line ends.
    static let maxFramingSize = maxBodySize

    /// Continues with a chunked content (RFC 9112 §7.1); returns the offset of its end, or nil if
    /// the end has not arrived.
    mutating func readChunks(_ bytes: Span<UInt8>) throws(Refusal) -> Int? {
        while true {
            switch phase {
            case .chunkSize:
                let limit = lineStart + Self.maxChunkLineSize
                guard let line = try nextLine(bytes, limit: limit, .badChunk) else { return nil }
                try beginChunk(bytes, line)
            case .chunk:
                let count = min(chunkLeft, bytes.count - scanned)
                scanned += count
                chunkLeft -= count
                guard chunkLeft == 0 else { return nil }
                (lineStart, phase) = (scanned, .chunkEnd)
            case .chunkEnd:
                let line = try nextLine(bytes, limit: lineStart + 2, .badChunk)
                guard let line else { return nil }
                guard line.isEmpty else { throw .badChunk }
                phase = .chunkSize
            case .trailers:
                let limit = fieldsStart + Self.maxFieldsSize
                guard let line = try nextLine(bytes, limit: limit, .fieldsTooLarge) else {
                    return nil
                }
                guard !line.isEmpty else { return lineStart }
                try checkTrailer(bytes, line)
            case .requestLine, .fields, .body: return nil
            }
        }
    }

    private mutating func beginChunk(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(Refusal) {
        guard let size = ChunkSize.parse(bytes, line) else { throw .badChunk }
        let framing = scanned - (request.fields.upperBound + 2) - chunkedSize
        guard framing <= Self.maxFramingSize, size <= Self.maxBodySize - chunkedSize else {
            throw .bodyTooLarge
        }
        if size == 0 {
            (fieldsStart, fieldCount, phase) = (lineStart, 0, .trailers)
        } else {
            chunkedSize += size
            (chunkLeft, phase) = (size, .chunk)
        }
    }

    /// Checks a trailer field, whose lengths and host mean nothing here.
    private mutating func checkTrailer(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(Refusal) {
        fieldCount += 1
        guard fieldCount <= Self.maxFieldCount else { throw .fieldsTooLarge }
        let name = line.lowerBound..<bytes.end(at: UInt8(ascii: ":"), in: line)
        guard !name.isEmpty, name.upperBound < line.upperBound,
            ByteSet.token.contains(bytes, in: name)
        else { throw .badChunk }
    }
}

extension Request {
    /// The request with its chunks joined, and the bytes to which its ranges then refer.
    ///
    /// `size` stays that of the request as sent. A request without chunks is returned unchanged.
    func decoded(in bytes: Span<UInt8>) -> (request: Request, bytes: [UInt8]) {
        var copy: [UInt8] = []
        guard traits.contains(.chunked) else {
            copy.append(bytes)
            return (self, copy)
        }
        copy.append(bytes.extracting(..<body.lowerBound))
        var position = body.lowerBound
        while position < body.upperBound {
            let line = position..<bytes.end(at: UInt8(ascii: "\r"), in: position..<body.upperBound)
            guard let size = ChunkSize.parse(bytes, line), size > 0 else { break }
            let start = line.upperBound + 2
            copy.append(bytes.extracting(start..<start + size))
            position = start + size + 2
        }
        var request = self
        request.body = body.lowerBound..<copy.count
        request.traits.remove(.chunked)
        return (request, copy)
    }
}

/// The first line of a chunk (RFC 9112 §7.1): hexadecimal digits, and maybe extensions, which are
/// skipped.
enum ChunkSize {
    /// The size, or nil if the line is invalid; a size above ``RequestParser/maxBodySize`` stays
    /// above it.
    static func parse(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Int? {
        var size = 0
        var position = line.lowerBound
        while position < line.upperBound, let digit = hexValue(bytes[position]) {
            size = min(size << 4 | Int(digit), RequestParser.maxBodySize + 1)
            position += 1
        }
        guard position > line.lowerBound else { return nil }
        guard position < line.upperBound else { return size }
        let rest = bytes.trimmed(position..<line.upperBound)
        return !rest.isEmpty && bytes[rest.lowerBound] == UInt8(ascii: ";") ? size : nil
    }
}
