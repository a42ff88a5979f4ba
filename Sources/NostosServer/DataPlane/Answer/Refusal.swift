/// The reason for which the server refuses bytes that should be a request.
///
/// The connection must then be closed, because the start of the next request is unknown.
enum Refusal: Error, CaseIterable {
    /// A line feed without a carriage return before it, or the other way round.
    case badLineEnd
    /// A control character, NUL among them.
    case controlCharacter
    /// A first line that is not `method SP target SP version`.
    case badRequestLine
    /// A method longer than any known one.
    case unknownMethod
    /// CONNECT, which only proxies accept.
    case connect
    /// A target that is neither a path with a query, nor an `http` URL, nor `*` of OPTIONS.
    case badTarget
    /// A text that is not an HTTP version.
    case badVersion
    /// A version other than HTTP/1.1 and HTTP/1.0.
    case otherVersion
    /// A field line that continues the one before it.
    case foldedField
    /// A field line without a name of token characters right before its colon.
    case badFieldName
    /// HTTP/1.1 without Host, more than one Host, or an invalid one.
    case badHost
    /// A Content-Length that is not a number, or more than one.
    case badContentLength
    /// A Transfer-Encoding that does not determine the content's end: it does not end with one
    /// `chunked`, is repeated, or came with HTTP/1.0.
    case transferEncoding
    /// Both a Content-Length and a Transfer-Encoding.
    case twoLengths
    /// A Transfer-Encoding with another coding besides `chunked`.
    case unknownCoding
    /// An invalid chunk or line of the trailer section.
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
