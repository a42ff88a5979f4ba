import Nostos

/// The scope of a token; each scope includes the ones before it.
public enum TokenScope: String, Sendable, CaseIterable, Comparable {
    /// Reading records and the catalog.
    case read
    /// Also promoting a version.
    case publish
    /// Also rolling back, holding, releasing and dropping.
    case admin

    /// Whether `right` includes `left` and more.
    public static func < (left: TokenScope, right: TokenScope) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .read: 0
        case .publish: 1
        case .admin: 2
        }
    }
}

/// One entry of `tokens.yml`.
///
/// It holds only a digest, so that reading the file grants no access.
public struct Token: Sendable, Hashable {
    /// The size of ``digest``, in bytes.
    public static let digestSize = SHA256.digestSize

    /// The user of the token: the actor in the history.
    public let name: String
    /// The SHA-256 of the token's text.
    public let digest: [UInt8]
    /// The scope.
    public let scope: TokenScope
    /// The time from which the token is invalid, in seconds since 1970.
    public let expiresAt: Int64?
    /// The jobs that the token may see.
    public let reach: JobReach

    /// An entry; `digest` has ``digestSize`` bytes.
    public init(
        name: String, digest: [UInt8], scope: TokenScope, expiresAt: Int64? = nil,
        reach: JobReach = .all
    ) {
        precondition(digest.count == Self.digestSize, "digest of \(digest.count) bytes")
        self.name = name
        self.digest = digest
        self.scope = scope
        self.expiresAt = expiresAt
        self.reach = reach
    }
}

extension Token {
    /// The longest token that is compared, in bytes.
    static let maxSize = 512

    /// A new token of 256 random bits.
    public static func random() -> String { "nostos_" + RandomText.make() }

    /// The SHA-256 of a token's text.
    public static func digest(of text: String) -> [UInt8] {
        SHA256.digest(of: Array(text.utf8).span)
    }

    /// The token among `tokens` with that text, whether it has expired or not.
    ///
    /// Each comparison takes the same time wherever the digests differ, and no result ends the
    /// search early.
    static func find(_ text: [UInt8], among tokens: [Token]) -> Token? {
        guard !text.isEmpty, text.count <= maxSize else { return nil }
        let digest = SHA256.digest(of: text.span)
        var found: Token?
        for token in tokens where isEqual(digest, token.digest) { found = token }
        return found
    }

    /// Whether two digests are equal, computed in the same time wherever they differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = UInt8(left.count == right.count ? 0 : 1)
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }

    /// Whether the token has expired; `seconds` since 1970.
    func isExpired(at seconds: Int64) -> Bool { expiresAt.map { $0 <= seconds } ?? false }
}
