import HTTPTypes

/// The control plane's routes (CONTRACT §5): methods, paths, and what a caller must be allowed.
///
/// The router, the OpenAPI document's test and the tests of tokens all go by this list.
enum ControlRoute: CaseIterable, Sendable {
    case jobs, job, versions, version, schema, diff
    case runs, events, openAPI
    case promote, rollback, hold, release, drop
    case login

    /// The only method that the route takes; GET takes HEAD too.
    var method: HTTPRequest.Method {
        switch self {
        case .promote, .rollback, .hold, .release: .post
        case .drop: .delete
        default: .get
        }
    }

    /// The path with its parameters in braces, as OpenAPI writes it.
    var path: String {
        switch self {
        case .jobs: "/v1/jobs"
        case .job: "/v1/jobs/{job}"
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
        case .login: "/login"
        }
    }

    /// What a caller's token must allow; nil is nothing.
    var scope: TokenScope? {
        switch self {
        case .jobs, .job, .versions, .version, .schema, .diff, .runs, .events: .read
        case .promote: .publish
        case .rollback, .hold, .release, .drop: .admin
        case .openAPI, .login: nil
        }
    }

    /// The names of the query's parameters that the route takes.
    var parameters: Set<String> {
        switch self {
        case .schema: ["version"]
        case .diff: ["from", "to"]
        case .runs: ["job", "limit"]
        case .events: ["job", "limit", "before"]
        case .drop: ["reason"]
        case .login: ["code"]
        default: []
        }
    }

    /// The methods of RFC 9110 and PATCH; any other is not implemented.
    static let knownMethods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .connect, .options, .trace, .patch,
    ]

    /// The methods that some route of that path takes, for `Allow`; empty where there is no route.
    static func methods(of path: String) -> [HTTPRequest.Method] {
        let routes = allCases.filter { $0.matches(path) }
        return routes.contains { $0.method == .get }
            ? [.get, .head] + routes.map(\.method).filter { $0 != .get }
            : routes.map(\.method)
    }

    private func matches(_ path: String) -> Bool {
        let ours = self.path.split(separator: "/", omittingEmptySubsequences: false)
        let theirs = path.split(separator: "/", omittingEmptySubsequences: false)
        guard ours.count == theirs.count else { return false }
        return zip(ours, theirs).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
