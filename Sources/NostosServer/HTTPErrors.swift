import Nostos

/// The errors that answers show (CONTRACT §4), and the only place that knows their status codes.
enum ProblemKind: CaseIterable {
    case badRequest, badKey, unknownField
    case unauthorized, forbidden
    case notFound, jobNotFound, keyNotFound, versionNotFound, versionGone
    case methodNotAllowed, preconditionFailed
    case tooManyKeys, bodyTooLarge, targetTooLong, fieldsTooLarge
    case unsupportedCoding, expectationFailed, unknownMethod, unknownCoding, unknownVersion
    case notReady

    /// The status code and its reason phrase (RFC 9110 §15), as the status line has them.
    var status: (code: StaticString, reason: StaticString) {
        switch self {
        case .badRequest, .badKey, .unknownField: ("400", "Bad Request")
        case .unauthorized: ("401", "Unauthorized")
        case .forbidden: ("403", "Forbidden")
        case .notFound, .jobNotFound, .keyNotFound, .versionNotFound: ("404", "Not Found")
        case .methodNotAllowed: ("405", "Method Not Allowed")
        case .versionGone: ("410", "Gone")
        case .tooManyKeys, .bodyTooLarge: ("413", "Content Too Large")
        case .targetTooLong: ("414", "URI Too Long")
        case .preconditionFailed: ("412", "Precondition Failed")
        case .unsupportedCoding: ("415", "Unsupported Media Type")
        case .expectationFailed: ("417", "Expectation Failed")
        case .unknownMethod, .unknownCoding: ("501", "Not Implemented")
        case .unknownVersion: ("505", "HTTP Version Not Supported")
        case .fieldsTooLarge: ("431", "Request Header Fields Too Large")
        case .notReady: ("503", "Service Unavailable")
        }
    }

    /// The `type` and the `title` of the problem document.
    private var words: (type: StaticString, title: StaticString) {
        switch self {
        case .badRequest: ("bad-request", "The request cannot be understood")
        case .badKey: ("bad-key", "The key does not fit the job's key")
        case .unknownField: ("unknown-field", "No version of the job has the field")
        case .unauthorized: ("unauthorized", "A token is needed")
        case .forbidden: ("forbidden", "This caller may not do this")
        case .notFound: ("not-found", "There is nothing at this path")
        case .jobNotFound: ("job-not-found", "There is no such job")
        case .keyNotFound: ("key-not-found", "The version has no such key")
        case .versionNotFound: ("version-not-found", "The job has no such version")
        case .versionGone: ("version-gone", "The version was dropped")
        case .methodNotAllowed: ("method-not-allowed", "The path does not take this method")
        case .tooManyKeys: ("too-many-keys", "The request asks for too much at once")
        case .bodyTooLarge: ("body-too-large", "The content is too large")
        case .targetTooLong: ("uri-too-long", "The request's target is too long")
        case .fieldsTooLarge: ("headers-too-large", "The header fields are too large")
        case .preconditionFailed:
            ("precondition-failed", "The condition of the request does not hold")
        case .unsupportedCoding:
            ("unsupported-content-encoding", "The content has a coding that is not taken")
        case .expectationFailed: ("expectation-failed", "The expectation cannot be met")
        case .unknownMethod: ("unknown-method", "The server does not know the method")
        case .unknownCoding: ("unknown-transfer-coding", "The server does not know the coding")
        case .unknownVersion: ("unknown-http-version", "The server speaks another HTTP version")
        case .notReady: ("not-ready", "The answer cannot be given now")
        }
    }

    /// Appends the problem document (RFC 9457) without its closing brace.
    ///
    /// `detail` is one sentence, never what a caller sent; `name`, what it is about, is JSON text,
    /// and is left out when it is empty.
    func open(detail: StaticString, name: Span<UInt8>, to output: inout [UInt8]) {
        let words = words
        output.append(ascii: "{\"type\":\"")
        output.append(ascii: words.type)
        output.append(ascii: "\",\"title\":\"")
        output.append(ascii: words.title)
        output.append(ascii: "\",\"status\":")
        output.append(ascii: status.code)
        output.append(ascii: ",\"detail\":\"")
        output.append(ascii: detail)
        output.append(UInt8(ascii: "\""))
        guard !name.isEmpty else { return }
        output.append(ascii: ",\"name\":")
        output.append(name)
    }
}

/// A request that gets no good answer: what to say instead.
struct Problem: Error {
    /// The longest name that is shown, in bytes.
    static let maxNameSize = 200

    let kind: ProblemKind
    /// One sentence in plain ASCII without quotes; never what a caller sent.
    let detail: StaticString
    /// The offending name as JSON text; empty when there is none.
    var name: [UInt8] = []
    /// Where in the request's content it went wrong.
    var offset: Int?
    /// Which of a request's lookups went wrong, from 0.
    var request: Int?
    /// What the `Allow` field says.
    var allow: StaticString?
    /// The name that was probably meant.
    var suggestion: String?

    init(_ kind: ProblemKind, _ detail: StaticString) {
        self.kind = kind
        self.detail = detail
    }

    /// A problem with that name or value, which is cut when it is long.
    init(_ kind: ProblemKind, _ detail: StaticString, name: Span<UInt8>) {
        self.init(kind, detail)
        var shown: [UInt8] = []
        shown.append(name.extracting(..<min(name.count, Self.maxNameSize)))
        // Repairs what is no UTF-8, a character cut in two included.
        JSONText.append(String(decoding: shown, as: UTF8.self), to: &self.name)
    }

    init(_ kind: ProblemKind, _ detail: StaticString, name: String) {
        self.init(kind, detail, name: Array(name.utf8).span)
    }

    /// Appends the problem document.
    func append(to output: inout [UInt8]) {
        kind.open(detail: detail, name: name.span, to: &output)
        if let suggestion {
            output.append(ascii: ",\"did_you_mean\":")
            JSONText.append(suggestion, to: &output)
        }
        if let offset {
            output.append(ascii: ",\"offset\":")
            JSONText.append(int64: Int64(offset), to: &output)
        }
        if let request {
            output.append(ascii: ",\"request\":")
            JSONText.append(int64: Int64(request), to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}

extension Problem {
    /// What the client is told when its bytes are no request.
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
