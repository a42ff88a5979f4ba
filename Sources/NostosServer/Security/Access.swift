import NIOConcurrencyHelpers
import Nostos

/// The tokens in force, which can be replaced while requests are answered.
final class Access: Sendable {
    /// The reason for which a caller is turned away.
    enum Refusal: Error, Equatable {
        /// The request has no token.
        case missing
        /// The token is not in force.
        case wrong
        /// The token has expired.
        case expired
        /// The token does not allow this.
        case scope(needed: TokenScope)
    }

    private let tokens: NIOLockedValueBox<[Token]>

    init(_ tokens: [Token]) { self.tokens = NIOLockedValueBox(tokens) }

    /// Replaces the tokens in force, effective at once.
    func replace(with tokens: [Token]) { self.tokens.withLockedValue { $0 = tokens } }

    /// The token of an `Authorization` field, if it has the scope; `seconds` since 1970.
    func token(
        authorization: Span<UInt8>, needs scope: TokenScope, seconds: Int64
    ) throws(Refusal) -> Token {
        guard let text = Self.bearer(authorization) else { throw .missing }
        let tokens = tokens.withLockedValue { $0 }
        guard let token = Token.find(text, among: tokens) else { throw .wrong }
        guard !token.isExpired(at: seconds) else { throw .expired }
        guard token.scope >= scope else { throw .scope(needed: scope) }
        return token
    }

    /// The token after `Bearer` and spaces (RFC 6750 §2.1, RFC 9110 §11.1), or nil.
    private static func bearer(_ field: Span<UInt8>) -> [UInt8]? {
        let scheme = 0..<min(6, field.count)
        guard field.count > 7, field.equals(lowercase: "bearer", in: scheme),
            field[6] == UInt8(ascii: " ")
        else { return nil }
        var text: [UInt8] = []
        text.append(field.extracting(field.trimmed(7..<field.count)))
        return text
    }
}

extension Access {
    /// The token of a data-plane request, which must have the scope `read`.
    func check(_ authorization: Span<UInt8>, seconds: Int64) throws(Problem) -> Token {
        do throws(Refusal) {
            return try token(authorization: authorization, needs: .read, seconds: seconds)
        } catch {
            throw error.problem
        }
    }
}

extension Access.Refusal {
    /// The problem that a client of the data plane receives.
    var problem: Problem {
        switch self {
        case .missing: Problem(.unauthorized, "Send a token: Authorization: Bearer TOKEN.")
        case .wrong: Problem(.unauthorized, "The token is not known here.")
        case .expired: Problem(.unauthorized, "The token has expired.")
        case .scope: Problem(.forbidden, "The token lacks the scope that this needs.")
        }
    }
}
