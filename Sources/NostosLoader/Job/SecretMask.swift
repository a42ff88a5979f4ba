/// The values that must never be shown, and the one way to take them out of a text.
///
/// Apply it to plain text, before the text goes into JSON or any other form that escapes.
public struct SecretMask: Sendable, Hashable {
    /// The text in place of a secret.
    public static let replacement = "***"

    /// The secrets as UTF-8, none empty.
    private var secrets: Set<[UInt8]> = []

    /// A mask that knows no secret.
    public init() {}

    /// A mask of these secrets; empty ones are left out.
    public init(_ values: some Sequence<String>) {
        for value in values { insert(value) }
    }

    /// Whether no secret is known, so that `mask` changes nothing.
    public var isEmpty: Bool { secrets.isEmpty }

    /// Adds one secret; the empty one is no secret.
    public mutating func insert(_ value: String) {
        if !value.isEmpty { secrets.insert(Array(value.utf8)) }
    }

    /// Adds a password in each form in which a program may show it: as it is, percent-encoded as in
    /// a URL, and quoted as in SQL and in connection strings.
    public mutating func insert(password: String) {
        insert(password)
        let encoded = Self.percentEncoded(password)
        insert(encoded)
        insert(Self.lowercasedEscapes(encoded))
        insert(encoded.replacing("%20", with: "+"))
        insert(password.replacing("'", with: "''"))
        let escaped = password.replacing("\\", with: "\\\\")
        insert(escaped.replacing("'", with: "\\'"))
        insert(escaped.replacing("\"", with: "\\\""))
    }

    /// The text with each byte that RFC 3986 does not call unreserved as `%` and two digits.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The percent-encoded text with its hexadecimal digits in lower case.
    private static func lowercasedEscapes(_ encoded: String) -> String {
        var bytes = Array(encoded.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
            for digit in bytes.indices[(index + 1)...].prefix(2)
            where bytes[digit] >= UInt8(ascii: "A") {
                bytes[digit] |= 0x20
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Adds the secrets of another mask.
    public mutating func formUnion(_ other: SecretMask) {
        secrets.formUnion(other.secrets)
    }

    /// The text with each secret in it replaced by `***`.
    ///
    /// A secret is looked for where it can stand, so that ordinary words and numbers stay: see
    /// ``SecretReach``. Occurrences that overlap or touch are one stretch, so that no end of any of
    /// them is left.
    ///
    /// - Complexity: O(size of text × total size of the secrets).
    public func mask(_ text: String) -> String {
        guard !secrets.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var marks = SecretMarks(count: bytes.count)
        for secret in secrets where secret.count <= bytes.count {
            let reach = SecretReach(of: secret)
            for start in 0...(bytes.count - secret.count)
            where bytes[start] == secret[0]
                && bytes[start..<(start + secret.count)].elementsEqual(secret)
            {
                let range = start..<start + secret.count
                let isCertain = reach.covers(range, of: bytes)
                if isCertain || reach != .credential { marks.add(range, isCertain: isCertain) }
            }
        }
        guard let isSecret = marks.resolved(in: bytes) else { return text }
        var masked: [UInt8] = []
        for index in bytes.indices {
            if !isSecret[index] {
                masked.append(bytes[index])
            } else if index == 0 || !isSecret[index - 1] {
                masked.append(contentsOf: Self.replacement.utf8)
            }
        }
        return String(decoding: masked, as: UTF8.self)
    }
}

/// A mask never prints what it knows.
extension SecretMask: CustomStringConvertible, CustomReflectable {
    /// The number of secrets.
    public var description: String { "SecretMask(\(secrets.count))" }
    /// Nothing: a dump must not show secrets.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
