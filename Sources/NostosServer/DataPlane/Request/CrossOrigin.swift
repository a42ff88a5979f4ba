import Nostos

/// The origins whose pages may read the data plane (Fetch standard, CORS protocol).
struct CrossOrigin: Sendable {
    /// The origins as browsers send them: `https://app.example:8443`, or `*` for all.
    private let origins: [[UInt8]]

    /// The allowed origins; nil where there are none.
    init?(_ origins: [String]) {
        guard !origins.isEmpty else { return nil }
        self.origins = origins.map { Array($0.utf8) }
    }

    /// The lines of an answer for a page of that origin; empty where it may not read.
    func lines(for origin: Span<UInt8>, isPreflight: Bool) -> [UInt8] {
        let isForAll = origins.contains([UInt8(ascii: "*")])
        guard isForAll || origins.contains(where: { $0.span.elementsEqual(origin) }) else {
            return []
        }
        var lines: [UInt8] = []
        lines.append(ascii: "Access-Control-Allow-Origin: ")
        if isForAll { lines.append(UInt8(ascii: "*")) } else { lines.append(origin) }
        lines.append(ascii: "\r\n")
        if isPreflight {
            lines.append(ascii: "Access-Control-Allow-Methods: GET, HEAD, POST, QUERY\r\n")
            lines.append(
                ascii: """
                    Access-Control-Allow-Headers: Accept, Authorization, Content-Type, If-Match, \
                    If-None-Match, X-Request-Id\r\n
                    """)
            lines.append(ascii: "Access-Control-Max-Age: 600\r\n")
        } else {
            lines.append(
                ascii: """
                    Access-Control-Expose-Headers: ETag, Nostos-Absent-Fields, Nostos-Age, \
                    Nostos-Published, Nostos-Version\r\n
                    """)
        }
        return lines
    }

    /// The origin in the form that browsers send: a scheme, a host and maybe a port, or `*`; nil
    /// for other texts.
    static func normalized(_ text: String) -> String? {
        guard text != "*" else { return text }
        let lower = text.lowercased()
        let origin = lower.hasSuffix("/") ? String(lower.dropLast()) : lower
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            let authority = Array(origin.utf8.dropFirst(scheme.utf8.count))
            guard !authority.isEmpty, ByteSet.host.contains(authority.span, in: authority.indices)
            else { return nil }
            return origin
        }
        return nil
    }
}
