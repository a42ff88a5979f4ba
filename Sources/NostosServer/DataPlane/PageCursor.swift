import Nostos

/// Where the next page of a job's rows begins: a version and the first key that was not shown.
///
/// Callers see base64url (RFC 4648 §5) and nothing to build themselves: a form's number, the
/// version's number and digest, the key, and a checksum (FNV-1a, 32 bits) that catches what was cut
/// or changed on its way. It is no secret and needs no signature: who may ask for a cursor's rows
/// may ask for any others.
///
///     OFFSET  SIZE  DESCRIPTION
///          0     1  the form: 1
///          1     8  the version's number
///          9     8  the digest of its table
///         17     n  the encoded key
///       17+n     4  FNV-1a of all bytes before
///
/// Integers are little-endian.
struct PageCursor: Equatable {
    private static let form: UInt8 = 1
    private static let keyOffset = 17
    private static let sumSize = 4

    let version: Int
    /// As a table's digest: 16 hexadecimal digits, here as their value.
    let digest: UInt64
    let key: [UInt8]

    init(version: Int, digest: UInt64, key: [UInt8]) {
        (self.version, self.digest, self.key) = (version, digest, key)
    }

    /// The cursor of that text, or nil when it was not made by a server of this form.
    init?(_ text: Span<UInt8>) {
        guard let bytes = Self.bytes(base64: text), bytes.count >= Self.keyOffset + Self.sumSize,
            bytes[0] == Self.form
        else { return nil }
        let end = bytes.count - Self.sumSize
        let span = bytes.span
        let sum: UInt32 = span.littleEndian(at: end)
        guard Self.sum(span.extracting(..<end)) == sum else { return nil }
        let number: UInt64 = span.littleEndian(at: 1)
        guard let version = Int(exactly: number), version > 0 else { return nil }
        self.version = version
        digest = span.littleEndian(at: 9)
        key = Array(bytes[Self.keyOffset..<end])
    }

    /// Appends the text.
    func append(to output: inout [UInt8]) {
        var bytes: [UInt8] = [Self.form]
        bytes.append(littleEndian: UInt64(version))
        bytes.append(littleEndian: digest)
        bytes.append(contentsOf: key)
        bytes.append(littleEndian: Self.sum(bytes.span))
        Self.append(base64: bytes, to: &output)
    }

    /// FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv): each step is one-to-one, so no single changed
    /// byte goes unseen.
    private static func sum(_ bytes: Span<UInt8>) -> UInt32 {
        var sum: UInt32 = 0x811C_9DC5
        for index in bytes.indices { sum = (sum ^ UInt32(bytes[index])) &* 0x0100_0193 }
        return sum
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func append(base64 bytes: [UInt8], to output: inout [UInt8]) {
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                output.append(alphabet[Int(bits >> count & 63)])
            }
        }
        if count > 0 { output.append(alphabet[Int(bits << (6 - count) & 63)]) }
    }

    /// The bytes of base64url without padding; nil when it is not in its one canonical form.
    private static func bytes(base64 text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for index in text.indices {
            guard let value = value(text[index]) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        return bits & (1 << count - 1) == 0 ? bytes : nil
    }

    private static func value(_ digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
