/// The reason for which bytes are no request that this server takes.
///
/// The connection is of no more use then: where the next request would start is unknown.
enum Refusal: Error, CaseIterable {
    /// A line feed without a carriage return before it, or the other way round.
    case badLineEnd
    /// A control character, NUL among them.
    case controlCharacter
    /// Not `method SP target SP version`.
    case badRequestLine
    /// A method that is longer than any that there is.
    case unknownMethod
    /// CONNECT, which only proxies take.
    case connect
    /// A target that is neither a path with a query, nor an `http` URL, nor `*` of OPTIONS.
    case badTarget
    /// Something else than an HTTP version.
    case badVersion
    /// A version other than HTTP/1.1 and HTTP/1.0.
    case otherVersion
    /// A field line that continues the one before it.
    case foldedField
    /// A field line without a name of token characters right before its colon.
    case badFieldName
    /// HTTP/1.1 without Host, more than one Host, or one that is no host.
    case badHost
    /// A Content-Length that is no number, or more than one.
    case badContentLength
    /// A Transfer-Encoding that leaves open where the content ends: it does not end with one
    /// `chunked`, is repeated, or came with HTTP/1.0.
    case transferEncoding
    /// Both a Content-Length and a Transfer-Encoding.
    case twoLengths
    /// A Transfer-Encoding with another coding under `chunked`.
    case unknownCoding
    /// A chunk, or a line of the trailer section, that is none.
    case badChunk
    /// An Expect other than `100-continue`.
    case badExpectation
    /// A target above ``RequestParser/maxTargetSize`` bytes.
    case targetTooLong
    /// Fields, or trailer fields, above ``RequestParser/maxFieldsSize`` bytes or
    /// ``RequestParser/maxFieldCount``.
    case fieldsTooLarge
    /// A content above ``RequestParser/maxBodySize`` bytes, or as many bytes of chunk framing.
    case bodyTooLarge
}
