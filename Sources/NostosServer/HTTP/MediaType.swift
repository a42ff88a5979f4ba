/// A media type (RFC 9110 §8.3.1) that the control plane sends or accepts.
struct MediaType: Hashable, Sendable {
    /// The type and its parameters, as `Content-Type` has them.
    let text: String

    static let json = MediaType(text: "application/json")
    static let problem = MediaType(text: "application/problem+json")
    static let html = MediaType(text: "text/html; charset=utf-8")
    static let styleSheet = MediaType(text: "text/css; charset=utf-8")
    static let script = MediaType(text: "text/javascript; charset=utf-8")
    /// The content of an HTML form that is sent by POST.
    static let form = MediaType(text: "application/x-www-form-urlencoded")

    /// The type without its parameters, in lower case.
    var name: String { Self.name(of: text) }

    /// Whether a `Content-Type` field names this type, whatever its parameters are.
    func isNamed(by contentType: String?) -> Bool { contentType.map(Self.name) == name }

    private static func name(of text: String) -> String {
        String(text.prefix { $0 != ";" }).trimmingSpaces.lowercased()
    }

    /// The weight that an `Accept` field gives this type, in thousandths (RFC 9110 §12.5.1).
    ///
    /// The most specific range counts: the type itself, then `type/*`, then `*/*`. Without the
    /// field every type is accepted; a type that no range covers has the weight 0.
    func weight(in accept: String?) -> Int {
        guard let accept else { return 1000 }
        let ranges = [name, String(name.prefix { $0 != "/" }) + "/*", "*/*"]
        var weights = [Int?](repeating: nil, count: ranges.count)
        for item in accept.split(separator: ",") {
            let bytes = Array(item.utf8)
            let (range, weight) = Weight.split(bytes.span)
            let text = String(decoding: bytes[range], as: UTF8.self).lowercased()
            if let place = ranges.firstIndex(of: text) { weights[place] = weight }
        }
        return weights.lazy.compactMap(\.self).first ?? 0
    }
}

extension Collection<MediaType> {
    /// The type that a client with this `Accept` field likes most; nil for an empty collection.
    ///
    /// Among types of one weight, and where the client accepts none of them, it is the first.
    func preferred(by accept: String?) -> MediaType? {
        var best: (type: MediaType, weight: Int)?
        for type in self {
            let weight = type.weight(in: accept)
            if weight > best?.weight ?? -1 { best = (type, weight) }
        }
        return best?.type
    }
}
