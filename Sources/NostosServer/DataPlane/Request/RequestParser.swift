/// A strict, incremental parser for requests of HTTP/1.1 and HTTP/1.0 (RFC 9112).
///
/// Contents have a length, are chunked, or are absent. Bytes that two peers could read differently
/// (RFC 9112 §11.2) are a ``Refusal``: both lengths, repeated lengths, bare line feeds, folded
/// lines, white space before a colon. One empty line before a request is skipped (§2.2).
///
/// The caller keeps the bytes. It calls ``parse(_:)`` with all bytes from the first one of the
/// request, again and with more bytes as long as the answer is `incomplete`; the outcome depends on
/// the bytes alone, never on how they were split. No I/O, no allocation; each byte of a head is
/// read a fixed number of times, each byte of a body never.
struct RequestParser {
    static let maxTargetSize = 8 << 10
    static let maxFieldsSize = 16 << 10
    static let maxFieldCount = 100
    static let maxBodySize = 1 << 20

    private static let maxMethodSize = 32
    /// The longest first line, with the two spaces, the version and the line end.
    private static let maxRequestLineSize = maxMethodSize + maxTargetSize + 12

    /// The state of the bytes so far.
    enum Outcome: Equatable {
        /// The start of a request; more bytes are needed.
        case incomplete
        /// As `incomplete`, and the client waits for `100 Continue` before it sends the content.
        /// This outcome is returned once for a request.
        case awaitsContinue
        /// A whole request; the parser is at the start of the next one.
        case request(Request)
        /// Not a request; the parser must not be used again.
        case refused(Refusal)
    }

    enum Phase {
        case requestLine, fields, body
        /// Within a chunked content; next is a chunk's size, its bytes, their line end, or the
        /// trailer section.
        case chunkSize, chunk, chunkEnd, trailers
    }

    // Written by the extensions of this type only.
    var phase = Phase.requestLine
    /// The offset before which all bytes were read.
    var scanned = 0
    var lineStart = 0
    /// The offset at which the fields begin, or the trailer section.
    var fieldsStart = 0
    var fieldCount = 0
    var hasHost = false
    var hasAuthorization = false
    var hasClose = false
    var hasKeepAlive = false
    /// Whether the target names the host, so that `Host` does not count (RFC 9112 §3.2.2).
    var hasTargetHost = false
    var awaitsContinue = false
    var contentLength: Int?
    /// The bytes of all chunks so far, and the missing bytes of the current one.
    var chunkedSize = 0
    var chunkLeft = 0
    var request = Request()

    /// Whether the head of a request is complete while its content is not.
    var isInBody: Bool { phase != .requestLine && phase != .fields }

    /// Continues with the request that starts at the first of `bytes`.
    mutating func parse(_ bytes: Span<UInt8>) -> Outcome {
        let end: Int?
        do throws(Refusal) {
            if !isInBody {
                guard try readHead(bytes) else { return .incomplete }
            }
            end = phase == .body ? scanned + (contentLength ?? 0) : try readChunks(bytes)
        } catch {
            return .refused(error)
        }
        guard let end, end <= bytes.count else {
            guard awaitsContinue, bytes.count == request.fields.upperBound + 2 else {
                return .incomplete
            }
            awaitsContinue = false
            return .awaitsContinue
        }
        var request = request
        request.body = request.fields.upperBound + 2..<end
        request.size = end
        self = RequestParser()
        return .request(request)
    }

    /// Reads lines up to the empty one; false if it has not arrived.
    private mutating func readHead(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        while let line = try nextLine(bytes) {
            if phase == .requestLine {
                if line == 0..<0 { continue }
                try readRequestLine(bytes, line)
                phase = .fields
                fieldsStart = lineStart
            } else if line.isEmpty {
                request.fields = fieldsStart..<line.lowerBound
                try finishHead()
                return true
            } else {
                fieldCount += 1
                guard fieldCount <= Self.maxFieldCount else { throw .fieldsTooLarge }
                try readField(bytes, line)
            }
        }
        return false
    }

    private mutating func nextLine(_ bytes: Span<UInt8>) throws(Refusal) -> Range<Int>? {
        phase == .requestLine
            ? try nextLine(bytes, limit: lineStart + Self.maxRequestLineSize, .targetTooLong)
            : try nextLine(bytes, limit: fieldsStart + Self.maxFieldsSize, .fieldsTooLarge)
    }

    /// The next line without its end, or nil if its end has not arrived; a line that does not end
    /// before `limit` is `tooLarge`.
    ///
    /// Every decision is made at the first byte that allows it, in the order of the bytes. The
    /// outcome therefore does not depend on splits.
    @inline(__always)
    mutating func nextLine(
        _ bytes: Span<UInt8>, limit: Int, _ tooLarge: Refusal
    ) throws(Refusal) -> Range<Int>? {
        let end = min(bytes.count, limit)
        var position = scanned
        defer { scanned = position }
        while true {
            position = bytes.endOfText(in: position..<end)
            guard position < end else { break }
            switch bytes[position] {
            case 0x09: position += 1
            case UInt8(ascii: "\r"):
                guard position + 1 < limit else { throw tooLarge }
                guard position + 1 < bytes.count else { return nil }
                guard bytes[position + 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
                let line = lineStart..<position
                position += 2
                lineStart = position
                return line
            case UInt8(ascii: "\n"): throw .badLineEnd
            default: throw .controlCharacter
            }
        }
        guard end < limit else { throw tooLarge }
        return nil
    }

    private mutating func readRequestLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(Refusal) {
        let space = UInt8(ascii: " ")
        let method = line.lowerBound..<bytes.end(at: space, in: line)
        guard method.upperBound < line.upperBound, !method.isEmpty,
            ByteSet.token.contains(bytes, in: method)
        else { throw .badRequestLine }
        guard method.count <= Self.maxMethodSize else { throw .unknownMethod }
        request.method = Self.method(bytes, method)

        let rest = (method.upperBound + 1)..<line.upperBound
        let target = rest.lowerBound..<bytes.end(at: space, in: rest)
        guard target.upperBound < line.upperBound, !target.isEmpty else { throw .badRequestLine }
        guard target.count <= Self.maxTargetSize else { throw .targetTooLong }
        try readVersion(bytes, (target.upperBound + 1)..<line.upperBound)
        if bytes[target.lowerBound] == UInt8(ascii: "/"),
            ByteSet.target.contains(bytes, in: target)
        {
            readPath(bytes, target)
        } else {
            try readUnusualTarget(bytes, target, method)
        }
    }

    private mutating func readVersion(
        _ bytes: Span<UInt8>, _ version: Range<Int>
    ) throws(Refusal) {
        guard !bytes.equals("HTTP/1.1", in: version) else { return }
        if bytes.equals("HTTP/1.0", in: version) {
            request.isHTTP10 = true
            return
        }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let start = version.lowerBound
        guard version.count == 8, bytes.starts(with: "HTTP/", at: start),
            digits.contains(bytes[start + 5]), bytes[start + 6] == UInt8(ascii: "."),
            digits.contains(bytes[start + 7])
        else { throw .badVersion }
        throw .otherVersion
    }

    private static func method(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Request.Method {
        if bytes.equals("GET", in: range) { return .get }
        if bytes.equals("POST", in: range) { return .post }
        if bytes.equals("QUERY", in: range) { return .query }
        if bytes.equals("HEAD", in: range) { return .head }
        if bytes.equals("OPTIONS", in: range) { return .options }
        let untaken: [StaticString] = ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT"]
        return untaken.contains { bytes.equals($0, in: range) } ? .untaken : .other
    }

    private mutating func finishHead() throws(Refusal) {
        guard hasHost || request.isHTTP10 else { throw .badHost }
        request.keepsAlive = !hasClose && (!request.isHTTP10 || hasKeepAlive)
        if request.traits.contains(.chunked) {
            guard contentLength == nil else { throw .twoLengths }
            phase = .chunkSize
        } else {
            guard contentLength ?? 0 <= Self.maxBodySize else { throw .bodyTooLarge }
            phase = .body
        }
    }
}
