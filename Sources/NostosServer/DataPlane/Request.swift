/// One parsed request: where its parts lie in the bytes that the parser was given.
struct Request: Equatable {
    /// The methods that some route knows, and any other.
    enum Method: UInt8 {
        case get, head, post, query, other
    }

    /// The method; names are case-sensitive.
    var method = Method.other
    /// The path as sent, percent-encoded, from its first `/`.
    var path = 0..<0
    /// The query as sent, behind the `?`; empty when there is none.
    var query = 0..<0
    /// The value of the first `If-None-Match`, `Accept` and `Content-Type`; empty when there is
    /// none.
    var ifNoneMatch = 0..<0
    /// The value of the only `Authorization`; empty when there is none, or more than one.
    var authorization = 0..<0
    var accept = 0..<0
    var contentType = 0..<0
    /// The content, `Content-Length` bytes; empty when there is none.
    var body = 0..<0
    /// Whether the client may send another request on the connection.
    var keepsAlive = true
    /// Whether it is of HTTP/1.0, which knows no chunks.
    var isHTTP10 = false
    /// How many bytes the whole request takes: the next one starts there.
    var size = 0
    /// Not 0 where the request was read by comparing, see ``KnownHeads``: two of one likeness in one
    /// thread have the same bytes but for `segment`.
    var likeness = 0
    /// The last segment of the path, where there is a likeness.
    var segment = 0..<0
}

/// Why bytes are no request that this server takes.
///
/// The connection is of no more use then: where the next request would start is unknown.
enum Refusal: Error, CaseIterable {
    /// A line feed without a carriage return before it, or the other way round.
    case badLineEnd
    /// A control character, NUL among them.
    case controlCharacter
    /// Not `method SP target SP version`.
    case badRequestLine
    /// A target that is not a path with a query: absolute-form, authority-form, asterisk-form, or
    /// a character that must be percent-encoded.
    case badTarget
    /// Neither HTTP/1.1 nor HTTP/1.0.
    case badVersion
    /// A field line that continues the one before it.
    case foldedField
    /// A field line without a name of token characters right before its colon.
    case badFieldName
    /// HTTP/1.1 without Host, more than one Host, or one that is no host.
    case badHost
    /// A Content-Length that is no number, or more than one.
    case badContentLength
    /// A Transfer-Encoding, whichever.
    case transferEncoding
    /// An Expect other than `100-continue`.
    case badExpectation
    /// A target above ``RequestParser/maxTargetSize`` bytes.
    case targetTooLong
    /// Fields above ``RequestParser/maxFieldsSize`` bytes or ``RequestParser/maxFieldCount``.
    case fieldsTooLarge
    /// A content above ``RequestParser/maxBodySize`` bytes.
    case bodyTooLarge
}
