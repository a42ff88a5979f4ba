/// Text that must not be shown; it shows itself as `***` everywhere but in `revealed`.
public struct Secret: Sendable, Hashable {
    /// The text itself.
    ///
    /// For the call that needs it, never for a message.
    public let revealed: String

    /// A secret of that text.
    public init(_ text: String) {
        revealed = text
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `***`.
    public var description: String { SecretMask.replacement }
    /// `***`.
    public var debugDescription: String { SecretMask.replacement }
    /// Nothing: a dump must not show the text.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
