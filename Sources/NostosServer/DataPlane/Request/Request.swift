/// One parsed request: where its parts lie in the bytes that the parser was given.
struct Request: Equatable {
    /// The methods that some route takes, and the others.
    enum Method: UInt8 {
        case get, head, post, query, options
        /// A method of RFC 9110 or RFC 5789 that no route takes: PUT, PATCH, DELETE, TRACE,
        /// CONNECT.
        case untaken
        /// A method that this server does not know.
        case other
    }

    /// Facts about the head that need a second look at its lines.
    struct Traits: OptionSet {
        let rawValue: UInt8
        /// The head has an `Accept` field.
        static let accept = Traits(rawValue: 1)
        /// The head has an `Accept-Encoding` field.
        static let acceptEncoding = Traits(rawValue: 2)
        /// The head has an `If-Match` field.
        static let ifMatch = Traits(rawValue: 4)
        /// The head has more than one `If-None-Match` field.
        static let severalIfNoneMatch = Traits(rawValue: 8)
        /// The content has a coding, such as gzip.
        static let contentCoding = Traits(rawValue: 16)
        /// The head has an `Origin` field.
        static let origin = Traits(rawValue: 32)
        /// `body` is chunked: see ``Request/decoded(in:)``.
        static let chunked = Traits(rawValue: 64)
    }

    /// The method; names are case-sensitive.
    var method = Method.other
    var traits: Traits = []
    /// The path as sent, percent-encoded, from its first `/`; `*` in `OPTIONS *`, and empty where
    /// an absolute target has none.
    var path = 0..<0
    /// The query as sent, after the `?`; empty when there is none.
    var query = 0..<0
    /// The value of the first `If-None-Match`; empty when there is none.
    var ifNoneMatch = 0..<0
    /// The value of the only `Authorization`; empty when there is none, or more than one.
    var authorization = 0..<0
    /// The host and port that are asked: of an absolute target, or else the value of `Host`.
    var host = 0..<0
    /// The header lines, each with its line end, without the empty line after them.
    var fields = 0..<0
    /// The content as it was sent; empty when there is none.
    var body = 0..<0
    /// Whether the client may send another request on the connection.
    var keepsAlive = true
    /// Whether the request is of HTTP/1.0, which has no chunks.
    var isHTTP10 = false
    /// The size of the whole request: the next one starts there.
    var size = 0
    /// Not 0 where the request was read by comparing, see ``KnownHeads``: two of one likeness in
    /// one thread have the same bytes but for `segment`.
    var likeness = 0
    /// The last segment of the path, where there is a likeness.
    var segment = 0..<0
}
