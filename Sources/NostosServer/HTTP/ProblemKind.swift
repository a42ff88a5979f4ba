import Nostos

/// The errors that answers show: docs/rest.md, "Problems".
///
/// No other place knows their status codes.
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
