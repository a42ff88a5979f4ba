/// A request's target in the one form that the router reads: a path and a query, in which no
/// letter, digit, `-`, `.`, `_` or `~` is percent-encoded (RFC 3986 §6.2.2.2).
struct RequestTarget: Equatable {
    /// The path and query, or `*`.
    private(set) var text: String
    /// The host and port of a target in absolute form; nil where the target has none.
    private(set) var authority: String?

    /// Reads a target in origin, absolute or asterisk form (RFC 9112 §3.2).
    init(_ target: String) {
        var rest = target[...]
        for scheme in ["http://", "https://"]
        where rest.prefix(scheme.count).lowercased() == scheme {
            rest = rest.dropFirst(scheme.count)
            let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
            // A user before the host is for proxies only.
            authority = String(rest[..<end].split(separator: "@").last ?? "")
            rest = rest[end...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        text = rest.contains("%") ? Self.normalized(rest) : String(rest)
    }

    private static func normalized(_ text: Substring) -> String {
        var normalized: [UInt8] = []
        PercentDecoding.normalize(Array(text.utf8).span, into: &normalized)
        return String(decoding: normalized, as: UTF8.self)
    }
}
