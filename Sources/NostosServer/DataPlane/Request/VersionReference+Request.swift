import Nostos

extension VersionReference {
    /// The version that a request asks for by this text.
    init(asked text: Span<UInt8>) throws(Problem) {
        guard let reference = VersionReference(utf8: text) else {
            throw Problem(
                .versionNotFound, "A version is a number, current, previous or candidate.",
                name: text)
        }
        self = reference
    }
}
