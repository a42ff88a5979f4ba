import Nostos

/// The vocabulary of errors that both planes show: docs/rest.md, "Problems".
///
/// No other place states a problem's slug, status or title.
/// Each plane has its own renderer: ``Problem`` appends bytes on the data plane, and a
/// ``ControlAnswer`` shows a ``ControlProblem`` on the control plane.
enum ProblemKind: CaseIterable, Sendable {
    case badRequest, badKey, unknownField
    case unauthorized, forbidden
    case notFound, jobNotFound, keyNotFound, versionNotFound, versionGone
    case methodNotAllowed, timeout
    case conflict, held, notHeld, notAllowed, checksFailed, preconditionFailed
    case tooManyKeys, bodyTooLarge, targetTooLong, fieldsTooLarge
    case unsupportedCoding, unsupportedMediaType, expectationFailed
    case internalError, unknownMethod, unknownCoding, notReady, unknownVersion

    /// The `type` of the problem document.
    var slug: StaticString { entry.slug }

    /// The status code and its reason phrase.
    var status: ProblemStatus { entry.status }

    /// The `title` of the problem document, which is the same for every problem of the kind.
    var title: StaticString { entry.title }

    private var entry: (slug: StaticString, status: ProblemStatus, title: StaticString) {
        switch self {
        case .badRequest: ("bad-request", .badRequest, "The request cannot be understood")
        case .badKey: ("bad-key", .badRequest, "The key does not fit the job's key")
        case .unknownField: ("unknown-field", .badRequest, "No version of the job has the field")
        case .unauthorized: ("unauthorized", .unauthorized, "A token is needed")
        case .forbidden: ("forbidden", .forbidden, "This caller may not do this")
        case .notFound: ("not-found", .notFound, "There is nothing at this path")
        case .jobNotFound: ("job-not-found", .notFound, "There is no such job")
        case .keyNotFound: ("key-not-found", .notFound, "The version has no such key")
        case .versionNotFound: ("version-not-found", .notFound, "The job has no such version")
        case .versionGone: ("version-gone", .gone, "The version was dropped")
        case .methodNotAllowed:
            ("method-not-allowed", .methodNotAllowed, "The path does not take this method")
        case .timeout: ("request-timeout", .requestTimeout, "The request took too long to come")
        case .conflict: ("conflict", .conflict, "The job has changed meanwhile")
        case .held: ("held", .conflict, "The job is held")
        case .notHeld: ("not-held", .conflict, "The job is not held")
        case .notAllowed: ("not-allowed", .conflict, "The version's state does not allow it")
        case .checksFailed: ("checks-failed", .conflict, "The version failed its checks")
        case .preconditionFailed:
            (
                "precondition-failed", .preconditionFailed,
                "The condition of the request does not hold"
            )
        case .tooManyKeys:
            ("too-many-keys", .contentTooLarge, "The request asks for too much at once")
        case .bodyTooLarge: ("body-too-large", .contentTooLarge, "The content is too large")
        case .targetTooLong: ("uri-too-long", .uriTooLong, "The request's target is too long")
        case .fieldsTooLarge:
            ("headers-too-large", .fieldsTooLarge, "The header fields are too large")
        case .unsupportedCoding:
            (
                "unsupported-content-encoding", .unsupportedMedia,
                "The content has a coding that is not taken"
            )
        case .unsupportedMediaType:
            (
                "unsupported-media-type", .unsupportedMedia,
                "The content has a media type that is not taken"
            )
        case .expectationFailed:
            ("expectation-failed", .expectationFailed, "The expectation cannot be met")
        case .internalError: ("internal-error", .internalError, "The server has failed")
        case .unknownMethod:
            ("unknown-method", .notImplemented, "The server does not know this method")
        case .unknownCoding:
            ("unknown-transfer-coding", .notImplemented, "The server does not know the coding")
        case .notReady: ("not-ready", .unavailable, "The answer cannot be given now")
        case .unknownVersion:
            (
                "unknown-http-version", .versionNotSupported,
                "The server does not speak this version of HTTP"
            )
        }
    }
}

extension ProblemKind {
    /// Whether only the control plane has this problem, so that the data plane's document omits it.
    var isOfControlPlaneOnly: Bool {
        switch self {
        case .timeout, .conflict, .held, .notHeld, .notAllowed, .checksFailed, .internalError,
            .unsupportedMediaType:
            true
        default: false
        }
    }

    /// Whether only the data plane has this problem, so that the control plane's document omits it.
    var isOfDataPlaneOnly: Bool {
        switch self {
        case .preconditionFailed, .tooManyKeys, .unsupportedCoding, .unknownCoding: true
        default: false
        }
    }
}

/// A status code that problems have (RFC 9110 §15).
enum ProblemStatus: Int, CaseIterable, Sendable {
    case badRequest = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case requestTimeout = 408
    case conflict = 409
    case gone = 410
    case preconditionFailed = 412
    case contentTooLarge = 413
    case uriTooLong = 414
    case unsupportedMedia = 415
    case expectationFailed = 417
    case fieldsTooLarge = 431
    case internalError = 500
    case notImplemented = 501
    case unavailable = 503
    case versionNotSupported = 505

    /// The code and its reason phrase as the data plane's status line has them.
    var line: (code: StaticString, reason: StaticString) {
        switch self {
        case .badRequest: ("400", "Bad Request")
        case .unauthorized: ("401", "Unauthorized")
        case .forbidden: ("403", "Forbidden")
        case .notFound: ("404", "Not Found")
        case .methodNotAllowed: ("405", "Method Not Allowed")
        case .requestTimeout: ("408", "Request Timeout")
        case .conflict: ("409", "Conflict")
        case .gone: ("410", "Gone")
        case .preconditionFailed: ("412", "Precondition Failed")
        case .contentTooLarge: ("413", "Content Too Large")
        case .uriTooLong: ("414", "URI Too Long")
        case .unsupportedMedia: ("415", "Unsupported Media Type")
        case .expectationFailed: ("417", "Expectation Failed")
        case .fieldsTooLarge: ("431", "Request Header Fields Too Large")
        case .internalError: ("500", "Internal Server Error")
        case .notImplemented: ("501", "Not Implemented")
        case .unavailable: ("503", "Service Unavailable")
        case .versionNotSupported: ("505", "HTTP Version Not Supported")
        }
    }
}
