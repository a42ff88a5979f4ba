import Nostos

/// The errors that the control plane shows, and the only place that knows their status codes; each
/// becomes a problem document (RFC 9457).
struct ControlProblem: Error, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case badRequest = "bad-request"
        case unauthorized
        case forbidden
        case notFound = "not-found"
        case jobNotFound = "job-not-found"
        case versionNotFound = "version-not-found"
        case versionGone = "version-gone"
        case methodNotAllowed = "method-not-allowed"
        case conflict
        case held
        case notHeld = "not-held"
        case notAllowed = "not-allowed"
        case checksFailed = "checks-failed"
        case bodyTooLarge = "body-too-large"
        case targetTooLong = "uri-too-long"
        case unsupportedMediaType = "unsupported-media-type"
        case fieldsTooLarge = "headers-too-large"
        case expectationFailed = "expectation-failed"
        case timeout = "request-timeout"
        case notImplemented = "not-implemented"
        case versionNotSupported = "http-version-not-supported"
        case internalError = "internal-error"
        case notReady = "not-ready"

        /// The status code.
        var status: Int {
            switch self {
            case .badRequest: 400
            case .unauthorized: 401
            case .forbidden: 403
            case .notFound, .jobNotFound, .versionNotFound: 404
            case .methodNotAllowed: 405
            case .timeout: 408
            case .conflict, .held, .notHeld, .notAllowed, .checksFailed: 409
            case .versionGone: 410
            case .bodyTooLarge: 413
            case .targetTooLong: 414
            case .unsupportedMediaType: 415
            case .expectationFailed: 417
            case .fieldsTooLarge: 431
            case .internalError: 500
            case .notImplemented: 501
            case .notReady: 503
            case .versionNotSupported: 505
            }
        }

        /// The `title` of the problem document.
        var title: String {
            switch self {
            case .badRequest: "The request cannot be understood"
            case .unauthorized: "A token is needed"
            case .forbidden: "This caller may not do this"
            case .notFound: "There is nothing at this path"
            case .jobNotFound: "There is no such job"
            case .versionNotFound: "The job has no such version"
            case .versionGone: "The version was dropped"
            case .methodNotAllowed: "The path does not take this method"
            case .conflict: "The job has changed meanwhile"
            case .held: "The job is held"
            case .notHeld: "The job is not held"
            case .notAllowed: "The version's state does not allow it"
            case .checksFailed: "The version failed its checks"
            case .bodyTooLarge: "The content is too large"
            case .targetTooLong: "The request's target is too long"
            case .unsupportedMediaType: "The content is not JSON"
            case .fieldsTooLarge: "The header fields are too large"
            case .expectationFailed: "The expectation cannot be met"
            case .timeout: "The request took too long to come"
            case .internalError: "The server has failed"
            case .notImplemented: "The server does not know this method"
            case .versionNotSupported: "The server does not speak this version of HTTP"
            case .notReady: "The answer cannot be given now"
            }
        }
    }

    let kind: Kind
    /// One sentence: no path, no SQL, nothing of the machine's.
    let detail: String
    /// The subject of the problem, as the caller wrote it.
    var name: String?
    /// The value of the `Allow` field.
    var allow: String?

    init(_ kind: Kind, _ detail: String, name: (some StringProtocol)?) {
        self.kind = kind
        self.detail = detail
        self.name = name.map { String($0.prefix(Problem.maxNameSize)) }
    }

    init(_ kind: Kind, _ detail: String) {
        self.init(kind, detail, name: String?.none)
    }
}

extension ControlProblem: Encodable {
    private enum CodingKeys: String, CodingKey {
        case type, title, status, detail, name
    }

    func encode(to encoder: any Encoder) throws {
        var document = encoder.container(keyedBy: CodingKeys.self)
        try document.encode(kind.rawValue, forKey: .type)
        try document.encode(kind.title, forKey: .title)
        try document.encode(kind.status, forKey: .status)
        try document.encode(detail, forKey: .detail)
        try document.encodeIfPresent(name, forKey: .name)
    }
}

extension ControlProblem {
    /// The problem that reports the catalog's error to a caller.
    ///
    /// What concerns files and the system is for the log alone: see ``isInternal(_:)``.
    init(_ error: CatalogError) {
        // The catalog's own words, the same as on the command line; they hold nothing of the
        // machine's.
        let detail = error.description
        switch error {
        case .badJobName(let name): self.init(.jobNotFound, detail, name: name)
        case .badArgument(let name, _): self.init(.badRequest, detail, name: name)
        case .unknownJob(let job): self.init(.jobNotFound, detail, name: job)
        case .unknownVersion(_, let version):
            self.init(.versionNotFound, detail, name: String(version))
        case .goneVersion(_, let version): self.init(.versionGone, detail, name: String(version))
        case .moved(let job): self.init(.conflict, detail, name: job)
        case .held(let job, _): self.init(.held, detail, name: job)
        case .notHeld(let job): self.init(.notHeld, detail, name: job)
        case .rolledBack(let job, _, _): self.init(.held, detail, name: job)
        case .failedChecks(_, let version, _):
            self.init(.checksFailed, detail, name: String(version))
        case .noPrevious(let job): self.init(.notAllowed, detail, name: job)
        case .refused(_, _, let version, _, _):
            self.init(.notAllowed, detail, name: String(version))
        case .busy(let job, _, _):
            self.init(
                .notReady, "A run of the job is under way; try again when it has ended.",
                name: job)
        case .locked:
            self.init(.notReady, "Another process is changing the catalog; try again.")
        case .noStore, .damaged, .lost, .newerFormat, .networkFileSystem, .exists, .io:
            self.init(.notReady, "The store cannot be read or written; the log says why.")
        }
    }

    /// Whether the error is one for the log: it says what is wrong with the store or the system.
    static func isInternal(_ error: CatalogError) -> Bool {
        switch error {
        case .noStore, .damaged, .lost, .newerFormat, .networkFileSystem, .exists, .io: true
        default: false
        }
    }
}

extension ControlProblem {
    /// The problem for a caller whose token is not good, or not good enough.
    init(_ refusal: Access.Refusal) {
        switch refusal {
        case .missing:
            self.init(.unauthorized, "Send a token: Authorization: Bearer TOKEN.")
        case .wrong: self.init(.unauthorized, "The token is not known here.")
        case .expired: self.init(.unauthorized, "The token has expired.")
        case .scope(let needed):
            self.init(.forbidden, "This needs a token with the scope \(needed.rawValue).")
        }
    }
}
