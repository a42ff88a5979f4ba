/// Random secrets as text for URLs, files and headers.
enum RandomText {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// A text of 43 characters with six random bits each, from the system's generator.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let text = (0..<43).map { _ in letters[Int(random.next(upperBound: UInt32(64)))] }
        return String(decoding: text, as: UTF8.self)
    }
}
