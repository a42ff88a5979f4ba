extension RequestParser {
    /// Reads one field line.
    ///
    /// The scan before has refused control characters other than tabs.
    mutating func readField(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(Refusal) {
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
            request.traits.insert(.accept)
        case 6 where bytes.equals(lowercase: "expect", in: name):
            // A sender of HTTP/1.0 cannot mean it: RFC 9110 §10.1.1.
            guard !request.isHTTP10 else { return }
            guard bytes.equals(lowercase: "100-continue", in: value) else { throw .badExpectation }
            awaitsContinue = true
        case 6 where bytes.equals(lowercase: "origin", in: name):
            request.traits.insert(.origin)
        case 8 where bytes.equals(lowercase: "if-match", in: name):
            request.traits.insert(.ifMatch)
        case 10 where bytes.equals(lowercase: "connection", in: name):
            readConnection(bytes, value)
        case 13 where bytes.equals(lowercase: "authorization", in: name):
            request.authorization = hasAuthorization ? 0..<0 : value
            hasAuthorization = true
        case 13 where bytes.equals(lowercase: "if-none-match", in: name):
            if request.ifNoneMatch.isEmpty {
                request.ifNoneMatch = value
            } else {
                request.traits.insert(.severalIfNoneMatch)
            }
        case 14 where bytes.equals(lowercase: "content-length", in: name):
            try readContentLength(bytes, value)
        case 15 where bytes.equals(lowercase: "accept-encoding", in: name):
            request.traits.insert(.acceptEncoding)
        case 16 where bytes.equals(lowercase: "content-encoding", in: name):
            guard !value.isEmpty, !bytes.equals(lowercase: "identity", in: value) else { return }
            request.traits.insert(.contentCoding)
        case 17 where bytes.equals(lowercase: "transfer-encoding", in: name):
            try readTransferEncoding(bytes, value)
        default: break
        }
    }

    private mutating func readHost(_ bytes: Span<UInt8>, _ value: Range<Int>) throws(Refusal) {
        guard !hasHost else { throw .badHost }
        hasHost = true
        guard ByteSet.host.contains(bytes, in: value) else { throw .badHost }
        if !hasTargetHost { request.host = value }
    }

    /// Accepts only a single `chunked` (RFC 9112 §6.1).
    private mutating func readTransferEncoding(
        _ bytes: Span<UInt8>, _ value: Range<Int>
    ) throws(Refusal) {
        guard !request.isHTTP10, !request.traits.contains(.chunked) else {
            throw .transferEncoding
        }
        guard !bytes.equals(lowercase: "chunked", in: value) else {
            request.traits.insert(.chunked)
            return
        }
        var start = value.lowerBound
        var codings = 0
        var chunked = 0
        var endsChunked = false
        while start < value.upperBound {
            let end = bytes.end(at: UInt8(ascii: ","), in: start..<value.upperBound)
            let coding = bytes.trimmed(start..<end)
            endsChunked = bytes.equals(lowercase: "chunked", in: coding)
            codings += coding.isEmpty ? 0 : 1
            chunked += endsChunked ? 1 : 0
            start = end + 1
        }
        guard endsChunked, chunked == 1, codings > 1 else { throw .transferEncoding }
        throw .unknownCoding
    }

    /// Reads digits, once only; the result of a number above all limits is above them too.
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

    /// Finds `close` and `keep-alive` among the options, and ignores all others.
    private mutating func readConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            let end = bytes.end(at: UInt8(ascii: ","), in: start..<value.upperBound)
            let option = bytes.trimmed(start..<end)
            if bytes.equals(lowercase: "close", in: option) { hasClose = true }
            if bytes.equals(lowercase: "keep-alive", in: option) { hasKeepAlive = true }
            start = end + 1
        }
    }
}
