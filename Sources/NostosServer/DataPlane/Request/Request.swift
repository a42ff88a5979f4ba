/// One parsed request: the ranges of its parts in the parser's bytes.
struct Request: Equatable {
    /// The methods that some route accepts, and the others.
    enum Method: UInt8 {
        case get, head, post, query, options
        /// A method of RFC 9110 or RFC 5789 that no route accepts: PUT, PATCH, DELETE, TRACE,
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
    var path: Range<Int> {
        @inline(__always) get { pathBytes.range }
        @inline(__always) set { pathBytes = ByteRange(newValue) }
    }
    /// The query as sent, after the `?`; empty when there is none.
    var query: Range<Int> {
        @inline(__always) get { queryBytes.range }
        @inline(__always) set { queryBytes = ByteRange(newValue) }
    }
    /// The value of the first `If-None-Match`; empty when there is none.
    var ifNoneMatch: Range<Int> {
        @inline(__always) get { ifNoneMatchBytes.range }
        @inline(__always) set { ifNoneMatchBytes = ByteRange(newValue) }
    }
    /// The value of the only `Authorization`; empty when there is none, or more than one.
    var authorization: Range<Int> {
        @inline(__always) get { authorizationBytes.range }
        @inline(__always) set { authorizationBytes = ByteRange(newValue) }
    }
    /// The host and port of the request: those of an absolute target, otherwise the value of
    /// `Host`.
    var host: Range<Int> {
        @inline(__always) get { hostBytes.range }
        @inline(__always) set { hostBytes = ByteRange(newValue) }
    }
    /// The header lines, each with its line end, without the empty line after them.
    var fields: Range<Int> {
        @inline(__always) get { fieldsBytes.range }
        @inline(__always) set { fieldsBytes = ByteRange(newValue) }
    }
    /// The content as it was sent; empty when there is none.
    var body: Range<Int> {
        @inline(__always) get { bodyBytes.range }
        @inline(__always) set { bodyBytes = ByteRange(newValue) }
    }
    /// Whether the client may send another request on the connection.
    var keepsAlive = true
    /// Whether the request is of HTTP/1.0, which has no chunks.
    var isHTTP10 = false
    /// The size of the whole request: the next one starts there.
    var size = 0
    /// The likeness of a request that was read by comparison, see ``KnownHeads``; otherwise 0.
    ///
    /// Two requests of one likeness in one thread differ in `segment` only.
    var likeness = 0
    /// The last segment of the path, if there is a likeness.
    var segment: Range<Int> {
        @inline(__always) get { segmentBytes.range }
        @inline(__always) set { segmentBytes = ByteRange(newValue) }
    }

    private var pathBytes = ByteRange(), queryBytes = ByteRange(), ifNoneMatchBytes = ByteRange(),
        authorizationBytes = ByteRange()
    private var hostBytes = ByteRange(), fieldsBytes = ByteRange(), bodyBytes = ByteRange(),
        segmentBytes = ByteRange()
}

extension Request {
    /// Lengthens the path's last segment, which is at the path's end, by `difference` bytes, and
    /// moves all that follows it.
    mutating func lengthenSegment(by difference: Int) {
        let distance = UInt32(truncatingIfNeeded: difference)
        let end = segmentBytes.end
        queryBytes.move(from: end, by: distance)
        bodyBytes.move(from: end, by: distance)
        ifNoneMatchBytes.move(from: end, by: distance)
        authorizationBytes.move(from: end, by: distance)
        hostBytes.move(from: end, by: distance)
        fieldsBytes.move(from: end, by: distance)
        pathBytes.lengthen(by: distance)
        segmentBytes.lengthen(by: distance)
        size += difference
    }
}

/// A range of a request's bytes in half the space.
///
/// A request with `Range<Int>` has more than 128 bytes, and each of its copies then calls `memcpy`:
/// 64 of the 3,970 instructions of a GET.
private struct ByteRange: Equatable {
    private var lower: UInt32 = 0
    private(set) var end: UInt32 = 0

    init() {}

    /// The range, whose bounds are below 2^32: a head and a content have at most 2 MiB together.
    @inline(__always)
    init(_ range: Range<Int>) {
        lower = UInt32(range.lowerBound)
        end = UInt32(range.upperBound)
    }

    /// The range.
    @inline(__always)
    var range: Range<Int> { Int(lower)..<Int(end) }

    /// Moves the range by `distance`, modulo 2^32, where it begins at `start` or after it.
    @inline(__always)
    mutating func move(from start: UInt32, by distance: UInt32) {
        let distance = lower < start ? 0 : distance
        lower &+= distance
        end &+= distance
    }

    /// Moves the end alone.
    @inline(__always)
    mutating func lengthen(by distance: UInt32) { end &+= distance }
}
