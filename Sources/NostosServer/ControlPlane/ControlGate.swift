import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOConcurrencyHelpers
import Nostos

/// The admission of requests: by a token, by the cookie of the one-time URL, or, for reading on a
/// server without a tokens file, by neither.
final class ControlGate: Sendable {
    /// The name of the cookie that the one-time URL sets.
    static let cookie = "nostos_session"
    /// The actor's name for sessions of the one-time URL.
    static let sessionActor = "one-time-url"

    private struct Sessions {
        /// The SHA-256 of the one-time code; nil once it was used.
        var code: [UInt8]?
        var tokens: [Token] = []
    }

    private let access: Access?
    private let isSecure: Bool
    /// The duration of a session.
    private let sessionSeconds: Int64
    private let sessions: NIOLockedValueBox<Sessions>

    /// A gate for these tokens; nil is a server for its own machine, which has a one-time `code`.
    init(access: Access?, code: String?, isSecure: Bool, sessionSeconds: Int64 = 12 * 3600) {
        self.access = access
        self.isSecure = isSecure
        self.sessionSeconds = sessionSeconds
        sessions = NIOLockedValueBox(Sessions(code: code.map(Token.digest(of:))))
    }

    /// The caller of a request, if the route admits it.
    func caller(_ request: WebRequest, of route: ControlRoute) throws -> Caller {
        if access == nil { try Self.checkHost(request) }
        guard let scope = route.scope else { return Caller(name: "anybody") }
        let now = Timestamp.now / 1_000_000
        if let session = session(request, at: now) {
            // A browser sends the cookie for a page of any origin: docs/data-plane.md, "Browsers".
            if route.method != .get { try Self.checkOrigin(request, isSecure: isSecure) }
            return Caller(name: session.name, scope: session.scope)
        }
        let field = Array((request.headers[.authorization] ?? "").utf8)
        if access == nil, field.isEmpty, scope == .read { return Caller(name: "anybody") }
        do throws(Access.Refusal) {
            let access = access ?? Access([])
            let token = try access.token(authorization: field.span, needs: scope, seconds: now)
            return Caller(name: token.name, scope: token.scope, reach: token.reach)
        } catch {
            throw ControlProblem(error)
        }
    }

    /// Accepts the one-time code, which is valid once; the answer sets a cookie and redirects.
    func logIn(_ request: ControlRequest) throws -> ControlAnswer {
        let digest = Token.digest(of: request.query("code") ?? "")
        let text = Token.random()
        let session = Token(
            name: Self.sessionActor, digest: Token.digest(of: text), scope: .admin,
            expiresAt: Timestamp.now / 1_000_000 + sessionSeconds)
        let isRight = sessions.withLockedValue { sessions in
            guard let code = sessions.code, Token.isEqual(code, digest) else { return false }
            sessions.code = nil
            sessions.tokens = [session]
            return true
        }
        guard isRight else {
            throw ControlProblem(.forbidden, "The code is wrong, or was used already.")
        }
        var answer = ControlAnswer.seeOther("/v1/jobs")
        answer.fields[.setCookie] =
            "\(Self.cookie)=\(text); Path=/; HttpOnly; SameSite=Strict; "
            + "Max-Age=\(sessionSeconds)\(isSecure ? "; Secure" : "")"
        return answer
    }

    private func session(_ request: WebRequest, at now: Int64) -> Token? {
        guard let text = request.cookies[Self.cookie]?.value else { return nil }
        let tokens = sessions.withLockedValue { $0.tokens }
        return Token.find(Array(text.utf8), among: tokens).flatMap {
            $0.isExpired(at: now) ? nil : $0
        }
    }

    private static func checkOrigin(_ request: WebRequest, isSecure: Bool) throws(ControlProblem) {
        let own = "\(isSecure ? "https" : "http")://\(request.head.authority ?? "")"
        guard request.headers[.origin] == own else {
            throw ControlProblem(
                .forbidden, "The request comes from another origin than this server's pages.",
                name: request.headers[.origin])
        }
    }

    /// Refuses a host that could be another site's name for this machine, see ``LocalHost``.
    private static func checkHost(_ request: WebRequest) throws(ControlProblem) {
        let authority = request.head.authority ?? ""
        guard LocalHost.isLocal(authority) else {
            throw ControlProblem(
                .forbidden,
                "Without tokens the server answers to local names only, such as localhost.",
                name: authority)
        }
    }
}
