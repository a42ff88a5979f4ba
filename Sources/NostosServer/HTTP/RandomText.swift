/// Secrets as text for URLs, files and headers.
enum RandomText {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// 43 characters, six random bits each, of the system's generator.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let text = (0..<43).map { _ in letters[Int(random.next(upperBound: UInt32(64)))] }
        return String(decoding: text, as: UTF8.self)
    }
}
