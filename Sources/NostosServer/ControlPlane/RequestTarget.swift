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
            // A user before the host is for a proxy that asks for one.
            authority = String(rest[..<end].split(separator: "@").last ?? "")
            rest = rest[end...]
            if !rest.hasPrefix("/") { rest = "/" + rest }
        }
        text = rest.contains("%") ? Self.normalized(rest) : String(rest)
    }

    private static func normalized(_ text: Substring) -> String {
        let bytes = Array(text.utf8)
        var normalized: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(
                    String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16),
                isUnreserved(byte)
            {
                normalized.append(byte)
                index += 3
            } else {
                normalized.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: normalized, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
