import HTTPTypes

/// The header fields that every answer of one sort has, which keep browsers safe and caches honest.
enum HeaderProfile: CaseIterable, Sendable {
    /// Documents for programs, which are never stored, rendered or framed: docs/data-plane.md,
    /// "Browsers".
    case api
    /// HTML pages of this server: everything that they load or send to is of this server.
    case page
    /// Style sheets and scripts of pages, whose URL holds their hash: caches keep them for a year.
    case asset

    /// Not among the names that the package lists.
    private static let referrerPolicy = HTTPField.Name("Referrer-Policy")

    /// The content security policy.
    var contentSecurityPolicy: String {
        switch self {
        case .api, .asset: "default-src 'none'; frame-ancestors 'none'"
        case .page:
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
                + "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        }
    }

    private var cacheControl: String {
        switch self {
        case .api, .page: "no-store"
        case .asset: "public, max-age=31536000, immutable"
        }
    }

    /// A page sends its own server a referrer: with `no-referrer` browsers send `Origin: null` with
    /// forms, and ``ControlGate`` needs the origin.
    private var referrer: String {
        switch self {
        case .api, .asset: "no-referrer"
        case .page: "same-origin"
        }
    }

    /// Adds the profile's fields.
    func add(to fields: inout HTTPFields) {
        fields[.cacheControl] = cacheControl
        fields[.xContentTypeOptions] = "nosniff"
        fields[.contentSecurityPolicy] = contentSecurityPolicy
        if let name = Self.referrerPolicy { fields[name] = referrer }
    }
}
