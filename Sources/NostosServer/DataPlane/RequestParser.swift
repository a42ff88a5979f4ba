/// A strict, incremental parser for the part of HTTP/1.1 (RFC 9112) that the data plane takes.
///
/// Taken are requests of HTTP/1.1, and of 1.0 without keep-alive, in origin-form, with a content of
/// a known length or none. Everything else is a ``Refusal``, and what one peer could read in
/// another way than the next (RFC 9112 §11.2) is never guessed at: both lengths, repeated lengths,
/// bare line feeds, folded lines, white space before a colon. One empty line before a request is
/// skipped (§2.2).
///
/// The caller keeps the bytes. It calls ``parse(_:)`` with all bytes from the first one of the
/// request, again and with more bytes as long as the answer is `incomplete`; the outcome depends
/// on the bytes alone, never on how they were split. No I/O, no allocation; each byte of a head is
/// looked at a fixed number of times, each byte of a body never.
struct RequestParser {
    static let maxTargetSize = 8 << 10
    static let maxFieldsSize = 16 << 10
    static let maxFieldCount = 100
    static let maxBodySize = 1 << 20

    private static let maxMethodSize = 16
    /// With the two spaces, the version and the line end.
    private static let maxRequestLineSize = maxMethodSize + maxTargetSize + 12

    /// What the bytes are so far.
    enum Outcome: Equatable {
        /// The start of a request; more bytes are needed.
        case incomplete
        /// As `incomplete`, and the client waits for `100 Continue` before it sends the content.
        /// Said once for a request.
        case awaitsContinue
        /// A whole request; the parser is at the start of the next one.
        case request(Request)
        /// No request; the parser must not be used again.
        case refused(Refusal)
    }

    private enum Phase {
        case requestLine, fields, body
    }

    private var phase = Phase.requestLine
    /// The bytes before it were looked at.
    private var scanned = 0
    private var lineStart = 0
    private var fieldsStart = 0
    private var fieldCount = 0
    private var hasHost = false
    private var hasAuthorization = false
    private var isVersion10 = false
    private var awaitsContinue = false
    private var contentLength: Int?
    private var request = Request()

    /// Whether the head of a request is complete and its content is not.
    var isInBody: Bool { phase == .body }

    /// Continues with the request that starts at the first of `bytes`.
    mutating func parse(_ bytes: Span<UInt8>) -> Outcome {
        do throws(Refusal) {
            if phase != .body {
                guard try readHead(bytes) else { return .incomplete }
            }
        } catch {
            return .refused(error)
        }
        let end = scanned + (contentLength ?? 0)
        guard end <= bytes.count else {
            guard awaitsContinue, bytes.count == scanned else { return .incomplete }
            awaitsContinue = false
            return .awaitsContinue
        }
        var request = request
        request.body = scanned..<end
        request.size = end
        self = RequestParser()
        return .request(request)
    }

    /// Reads lines up to the empty one; false when it has not come yet.
    private mutating func readHead(_ bytes: Span<UInt8>) throws(Refusal) -> Bool {
        while let line = try nextLine(bytes) {
            if phase == .requestLine {
                if line == 0..<0 { continue }
                try readRequestLine(bytes, line)
                phase = .fields
                fieldsStart = lineStart
            } else if line.isEmpty {
                try finishHead()
                phase = .body
                return true
            } else {
                fieldCount += 1
                guard fieldCount <= Self.maxFieldCount else { throw .fieldsTooLarge }
                try readField(bytes, line)
            }
        }
        return false
    }

    /// The next line without its end, or nil when its end has not come yet.
    ///
    /// Every decision is made at the first byte that allows it, in the order of the bytes: this is
    /// what makes the outcome independent of splits.
    private mutating func nextLine(_ bytes: Span<UInt8>) throws(Refusal) -> Range<Int>? {
        let isRequestLine = phase == .requestLine
        let limit =
            isRequestLine ? lineStart + Self.maxRequestLineSize : fieldsStart + Self.maxFieldsSize
        let tooLarge = isRequestLine ? Refusal.targetTooLong : Refusal.fieldsTooLarge
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
        guard method.upperBound < line.upperBound, (1...Self.maxMethodSize).contains(method.count)
        else { throw .badRequestLine }
        guard ByteSet.token.contains(bytes, in: method) else { throw .badRequestLine }
        request.method = Self.method(bytes, method)

        let rest = (method.upperBound + 1)..<line.upperBound
        let target = rest.lowerBound..<bytes.end(at: space, in: rest)
        guard target.upperBound < line.upperBound, !target.isEmpty else { throw .badRequestLine }
        guard target.count <= Self.maxTargetSize else { throw .targetTooLong }
        guard bytes[target.lowerBound] == UInt8(ascii: "/") else { throw .badTarget }
        guard ByteSet.target.contains(bytes, in: target) else { throw .badTarget }
        let question = bytes.end(at: UInt8(ascii: "?"), in: target)
        request.path = target.lowerBound..<question
        request.query = min(question + 1, target.upperBound)..<target.upperBound

        let version = (target.upperBound + 1)..<line.upperBound
        isVersion10 = bytes.equals("HTTP/1.0", in: version)
        guard isVersion10 || bytes.equals("HTTP/1.1", in: version) else { throw .badVersion }
        request.keepsAlive = !isVersion10
        request.isHTTP10 = isVersion10
    }

    private static func method(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Request.Method {
        if bytes.equals("GET", in: range) { return .get }
        if bytes.equals("POST", in: range) { return .post }
        if bytes.equals("QUERY", in: range) { return .query }
        if bytes.equals("HEAD", in: range) { return .head }
        return .other
    }

    private func finishHead() throws(Refusal) {
        guard hasHost || isVersion10 else { throw .badHost }
        guard contentLength ?? 0 <= Self.maxBodySize else { throw .bodyTooLarge }
    }
}

extension RequestParser {
    /// Reads one field line, whose value holds no control character but tabs: the scan saw to that.
    private mutating func readField(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(Refusal) {
        let first = bytes[line.lowerBound]
        guard first != UInt8(ascii: " "), first != 0x09 else { throw .foldedField }
        let name = line.lowerBound..<bytes.end(at: UInt8(ascii: ":"), in: line)
        guard !name.isEmpty, name.upperBound < line.upperBound else { throw .badFieldName }
        guard ByteSet.token.contains(bytes, in: name) else { throw .badFieldName }
        let value = bytes.trimmed((name.upperBound + 1)..<line.upperBound)
        switch name.count {
        case 4 where bytes.equals(lowercase: "host", in: name):
            try readHost(bytes, value)
        case 6 where bytes.equals(lowercase: "accept", in: name):
            if request.accept.isEmpty { request.accept = value }
        case 6 where bytes.equals(lowercase: "expect", in: name):
            // A sender of HTTP/1.0 cannot mean it: RFC 9110 §10.1.1.
            guard !isVersion10 else { return }
            guard bytes.equals(lowercase: "100-continue", in: value) else { throw .badExpectation }
            awaitsContinue = true
        case 10 where bytes.equals(lowercase: "connection", in: name):
            readConnection(bytes, value)
        case 12 where bytes.equals(lowercase: "content-type", in: name):
            if request.contentType.isEmpty { request.contentType = value }
        case 13 where bytes.equals(lowercase: "authorization", in: name):
            request.authorization = hasAuthorization ? 0..<0 : value
            hasAuthorization = true
        case 13 where bytes.equals(lowercase: "if-none-match", in: name):
            if request.ifNoneMatch.isEmpty { request.ifNoneMatch = value }
        case 14 where bytes.equals(lowercase: "content-length", in: name):
            try readContentLength(bytes, value)
        case 17 where bytes.equals(lowercase: "transfer-encoding", in: name):
            throw .transferEncoding
        default: break
        }
    }

    private mutating func readHost(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(Refusal) {
        guard !hasHost else { throw .badHost }
        hasHost = true
        guard ByteSet.host.contains(bytes, in: value) else { throw .badHost }
    }

    /// Reads digits, once only; a number above any limit stays above it.
    private mutating func readContentLength(
        _ bytes: Span<UInt8>, _ value: Range<Int>
    ) throws(Refusal) {
        guard contentLength == nil, !value.isEmpty else { throw .badContentLength }
        var length = 0
        for index in value {
            let byte = bytes[index]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else {
                throw .badContentLength
            }
            length = min(length * 10 + Int(byte - UInt8(ascii: "0")), Self.maxBodySize + 1)
        }
        contentLength = length
    }

    /// Looks for `close` among the options; no other one means anything here.
    private mutating func readConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            let end = bytes.end(at: UInt8(ascii: ","), in: start..<value.upperBound)
            let option = bytes.trimmed(start..<end)
            if bytes.equals(lowercase: "close", in: option) { request.keepsAlive = false }
            start = end + 1
        }
    }
}
