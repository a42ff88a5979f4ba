extension Problem {
    /// The problem for a client whose bytes are no request.
    init(_ refusal: Refusal) {
        switch refusal {
        case .badLineEnd: self.init(.badRequest, "A line does not end with CR LF.")
        case .controlCharacter: self.init(.badRequest, "The head holds a control character.")
        case .badRequestLine:
            self.init(.badRequest, "The first line is not: method, target, HTTP version.")
        case .unknownMethod: self.init(.unknownMethod, "The method is longer than any known one.")
        case .connect:
            self.init(.methodNotAllowed, "CONNECT is for proxies, and this server is none.")
            allow = Route.allMethods
        case .badTarget:
            self.init(
                .badRequest,
                "The target is neither a path with a query, without #, nor an http URL of such.")
        case .badVersion: self.init(.badRequest, "The first line does not end with HTTP/1.1.")
        case .otherVersion:
            self.init(.unknownVersion, "The server speaks HTTP/1.1 and HTTP/1.0.")
        case .foldedField: self.init(.badRequest, "A header line begins with white space.")
        case .badFieldName: self.init(.badRequest, "A header line has no name before its colon.")
        case .badHost: self.init(.badRequest, "The Host field is missing, repeated or no host.")
        case .badContentLength:
            self.init(.badRequest, "The Content-Length field is repeated or no number.")
        case .transferEncoding:
            self.init(
                .badRequest,
                "Transfer-Encoding may be chunked, once and alone, and only with HTTP/1.1.")
        case .twoLengths:
            self.init(.badRequest, "There are both a Content-Length and a Transfer-Encoding.")
        case .unknownCoding:
            self.init(.unknownCoding, "Of transfer codings the server knows chunked alone.")
        case .badChunk: self.init(.badRequest, "The chunked content holds what is no chunk.")
        case .badExpectation:
            self.init(.expectationFailed, "The Expect field may hold 100-continue alone.")
        case .targetTooLong: self.init(.targetTooLong, "The target is longer than 8192 bytes.")
        case .fieldsTooLarge:
            self.init(.fieldsTooLarge, "There are more than 100 fields or 16384 bytes of them.")
        case .bodyTooLarge: self.init(.bodyTooLarge, "The content is longer than 1048576 bytes.")
        }
    }
}
