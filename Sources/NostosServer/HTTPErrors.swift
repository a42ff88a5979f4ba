import Nostos

/// The errors that answers show (CONTRACT §4), and the only place that knows their status codes.
enum ProblemKind: CaseIterable {
    case badRequest, badKey, unknownField
    case unauthorized, forbidden
    case notFound, jobNotFound, keyNotFound, versionNotFound, versionGone
    case methodNotAllowed, tooManyKeys, bodyTooLarge, targetTooLong, fieldsTooLarge
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
        case .forbidden: ("forbidden", "The token does not reach this far")
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
        case .badTarget:
            self.init(
                .badRequest,
                "The target is not a path with a query, or holds what must be percent-encoded.")
        case .badVersion: self.init(.badRequest, "The version is neither HTTP/1.1 nor HTTP/1.0.")
        case .foldedField: self.init(.badRequest, "A header line begins with white space.")
        case .badFieldName: self.init(.badRequest, "A header line has no name before its colon.")
        case .badHost: self.init(.badRequest, "The Host field is missing, repeated or no host.")
        case .badContentLength:
            self.init(.badRequest, "The Content-Length field is repeated or no number.")
        case .transferEncoding:
            self.init(.badRequest, "Transfer-Encoding is not taken: send Content-Length.")
        case .badExpectation:
            self.init(.badRequest, "The Expect field holds something else than 100-continue.")
        case .targetTooLong: self.init(.targetTooLong, "The target is longer than 8192 bytes.")
        case .fieldsTooLarge:
            self.init(.fieldsTooLarge, "There are more than 100 fields or 16384 bytes of them.")
        case .bodyTooLarge: self.init(.bodyTooLarge, "The content is longer than 1048576 bytes.")
        }
    }
}
