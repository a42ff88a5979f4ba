import HTTPTypes

/// The identifier by which the client's log and the server's log name one request.
struct RequestID: Equatable {
    /// The longest identifier that is accepted, in bytes.
    static let maxSize = 128
    /// The header field, which many proxies and frameworks send.
    // The package's list lacks it; the text is a valid name.
    static let field = HTTPField.Name("X-Request-Id") ?? .userAgent

    /// Visible ASCII without quotes and backslashes, 1 to ``maxSize`` bytes.
    let text: String

    /// The client's identifier, or a new one of 16 characters where the client sent none that is
    /// fit for a log.
    init(field: String?) {
        let taken = field.flatMap { Self.isValid($0.utf8) ? $0 : nil }
        text = taken ?? String(RandomText.make().prefix(16))
    }

    /// Whether an identifier is fit for a log as it is.
    static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.count <= maxSize
            && bytes.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }
}
