import HTTPTypes

/// The routes of the control plane: methods, paths, and the scope that each needs (docs/rest.md,
/// "The catalog and its verbs (port 7481)").
///
/// The router, the test of the OpenAPI document and the tests of tokens all use this list.
enum ControlRoute: CaseIterable, Sendable {
    case jobs, job, versions, version, schema, diff
    case runs, events, openAPI
    case promote, rollback, hold, release, drop, remove
    case verify
    case record, versionRecord, rows, versionRows, ready
    case login

    /// The only method of the route; GET includes HEAD.
    var method: HTTPRequest.Method {
        switch self {
        case .promote, .rollback, .hold, .release, .verify: .post
        case .drop, .remove: .delete
        default: .get
        }
    }

    /// The path with its parameters in braces, as OpenAPI writes it.
    var path: String {
        switch self {
        case .jobs: "/v1/jobs"
        case .job, .remove: "/v1/jobs/{job}"
        case .versions: "/v1/jobs/{job}/versions"
        case .version, .drop: "/v1/jobs/{job}/versions/{version}"
        case .schema: "/v1/jobs/{job}/schema"
        case .diff: "/v1/jobs/{job}/diff"
        case .runs: "/v1/runs"
        case .events: "/v1/events"
        case .openAPI: "/v1/openapi.json"
        case .promote: "/v1/jobs/{job}/promote"
        case .rollback: "/v1/jobs/{job}/rollback"
        case .hold: "/v1/jobs/{job}/hold"
        case .release: "/v1/jobs/{job}/release"
        case .verify: "/v1/jobs/{job}/versions/{version}/verify"
        case .record: "/v1/jobs/{job}/keys/{key}"
        case .versionRecord: "/v1/jobs/{job}/versions/{version}/keys/{key}"
        case .rows: "/v1/jobs/{job}/rows"
        case .versionRows: "/v1/jobs/{job}/versions/{version}/rows"
        case .ready: "/readyz"
        case .login: "/login"
        }
    }

    /// Whether the route changes the catalog, and so takes a state tag.
    var isChange: Bool {
        switch self {
        case .promote, .rollback, .hold, .release, .drop, .remove: true
        default: false
        }
    }

    /// The scope that a caller's token must have; nil is none.
    var scope: TokenScope? {
        switch self {
        case .jobs, .job, .versions, .version, .schema, .diff, .runs, .events: .read
        case .record, .versionRecord, .rows, .versionRows: .read
        case .promote, .verify: .publish
        case .rollback, .hold, .release, .drop, .remove: .admin
        case .openAPI, .login, .ready: nil
        }
    }

    /// The media types of the route's answers, the usual one first; where there are several, the
    /// client's `Accept` field chooses.
    var media: [MediaType] {
        switch self {
        // A browser opens the one-time URL, and shows what is wrong with it.
        case .login: [.json, .html]
        default: [.json]
        }
    }

    /// The media types of the contents that the route accepts, see ``ControlBody``.
    var contents: [MediaType] { [.json] }

    /// The names of the query parameters that the route accepts.
    var parameters: Set<String> {
        switch self {
        case .schema: ["version"]
        case .diff: ["from", "to"]
        case .runs: ["job", "limit"]
        case .events: ["job", "limit", "before"]
        case .drop, .remove: ["reason"]
        case .record, .versionRecord: ["fields", "int64"]
        case .rows, .versionRows:
            ["prefix", "from", "to", "limit", "cursor", "fields", "int64"]
        case .login: ["code"]
        default: []
        }
    }

    /// The methods of RFC 9110, PATCH, and QUERY, which the data plane accepts; all others are not
    /// implemented.
    static let knownMethods: Set<HTTPRequest.Method> = {
        let methods: Set<HTTPRequest.Method> = [
            .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
        ]
        return methods.union(HTTPRequest.Method("QUERY").map { [$0] } ?? [])
    }()

    /// The methods that some route of that path takes, for `Allow`; empty where there is no route.
    static func methods(of path: String) -> [HTTPRequest.Method] {
        let routes = allCases.filter { $0.matches(path) }
        return routes.contains { $0.method == .get }
            ? [.get, .head] + routes.map(\.method).filter { $0 != .get }
            : routes.map(\.method)
    }

    /// The media types of the answers of that path's routes.
    ///
    /// A path without a route has problems only: documents below `/v1`, elsewhere also pages, for
    /// people who mistype a page's URL.
    static func media(of path: String) -> [MediaType] {
        let media = allCases.filter { $0.matches(path) }.flatMap(\.media)
        guard media.isEmpty else { return media }
        return path == "/v1" || path.hasPrefix("/v1/") ? [.json] : [.json, .html]
    }

    private func matches(_ path: String) -> Bool {
        let ours = self.path.split(separator: "/", omittingEmptySubsequences: false)
        let theirs = path.split(separator: "/", omittingEmptySubsequences: false)
        guard ours.count == theirs.count else { return false }
        return zip(ours, theirs).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
