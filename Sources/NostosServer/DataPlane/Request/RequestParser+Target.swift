extension RequestParser {
    /// Splits a target, or its part after the host, at the first `?`.
    @inline(__always)
    mutating func readPath(_ bytes: Span<UInt8>, _ target: Range<Int>) {
        let question = bytes.end(at: UInt8(ascii: "?"), in: target)
        request.path = target.lowerBound..<question
        request.query = min(question + 1, target.upperBound)..<target.upperBound
    }

    /// Reads a target that is not a path or holds bytes that clients should percent-encode.
    ///
    /// Browsers and proxies send `[ ] | ^ { }` and others as they are (WHATWG URL §1.3), and some
    /// clients UTF-8: each stands for itself. A `#`, which begins a fragment, and tabs are refused;
    /// spaces and control characters were refused before.
    mutating func readUnusualTarget(
        _ bytes: Span<UInt8>, _ target: Range<Int>, _ method: Range<Int>
    ) throws(Refusal) {
        guard !bytes.equals("CONNECT", in: method) else { throw .connect }
        if request.method == .options, bytes.equals("*", in: target) {
            (request.path, request.query) = (target, target.upperBound..<target.upperBound)
            return
        }
        var path = target
        if bytes[target.lowerBound] != UInt8(ascii: "/") {
            path = try readAuthority(bytes, target)
        }
        for index in path where bytes[index] == UInt8(ascii: "#") || bytes[index] == 0x09 {
            throw .badTarget
        }
        readPath(bytes, path)
    }

    /// Reads the scheme and the host of an absolute target (RFC 9112 §3.2.2), and returns the rest:
    /// nothing, a path, or a query.
    private mutating func readAuthority(
        _ bytes: Span<UInt8>, _ target: Range<Int>
    ) throws(Refusal) -> Range<Int> {
        let schemes: [StaticString] = ["http", "https"]
        let colon = bytes.end(at: UInt8(ascii: ":"), in: target)
        guard
            schemes.contains(where: {
                bytes.equals(lowercase: $0, in: target.lowerBound..<colon)
            }), bytes.starts(with: "://", at: colon)
        else { throw .badTarget }
        let start = colon + 3
        var end = start
        while end < target.upperBound, bytes[end] != UInt8(ascii: "/"),
            bytes[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        guard start < end, ByteSet.host.contains(bytes, in: start..<end) else { throw .badTarget }
        (request.host, hasTargetHost) = (start..<end, true)
        return end..<target.upperBound
    }
}
