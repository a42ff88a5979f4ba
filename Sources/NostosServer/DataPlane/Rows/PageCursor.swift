import Nostos

/// The beginning of the next page of a job's rows: a version, the first key that was not shown, and
/// the parameters of the page before.
///
/// Callers see an opaque base64url text (RFC 4648 §5). A checksum (FNV-1a) detects cursors that
/// were cut or changed on the way. A cursor needs no signature: callers who may read its rows may
/// read all others.
///
///     OFFSET  SIZE  DESCRIPTION
///          0     1  the form: 2 with the parameters, 3 with their FNV-1a only
///          1     8  the version's number
///          9     8  the digest of its table
///         17     8  FNV-1a of the job's name
///         25     2  n, the size of the encoded key
///         27     n  the encoded key
///       27+n     m  the parameters as a query, or 8 bytes
///     27+n+m     4  FNV-1a of all bytes before
///
/// Integers are little-endian.
struct PageCursor: Equatable {
    /// The parameters of the page before.
    enum Parameters: Equatable {
        case query([UInt8])
        /// The hash of the parameters, where the parameters themselves would make targets too long.
        case mark(UInt64)
    }

    /// The largest key and query together that are carried, in bytes.
    static let maxCarriedSize = 5 << 10
    private static let keyOffset = 27
    private static let sumSize = 4

    let version: Int
    /// As a table's digest: 16 hexadecimal digits, here as their value.
    let digest: UInt64
    /// See ``mark(of:)``.
    let job: UInt64
    let key: [UInt8]
    let parameters: Parameters

    init(version: Int, digest: UInt64, job: [UInt8], key: [UInt8], query: [UInt8]) {
        (self.version, self.digest, self.key) = (version, digest, key)
        self.job = Self.mark(of: job)
        let isCarried = key.count + query.count <= Self.maxCarriedSize
        parameters =
            isCarried ? .query(query) : .mark(Self.mark(of: query))
    }

    /// The cursor of that text, or nil if no server of this format made it.
    init?(_ text: Span<UInt8>) {
        guard let bytes = Self.bytes(base64: text), bytes.count >= Self.keyOffset + Self.sumSize
        else { return nil }
        let end = bytes.count - Self.sumSize
        let span = bytes.span
        let sum: UInt32 = span.littleEndian(at: end)
        guard Self.sum(span.extracting(..<end)) == sum else { return nil }
        let number: UInt64 = span.littleEndian(at: 1)
        guard let version = Int(exactly: number), version > 0 else { return nil }
        self.version = version
        digest = span.littleEndian(at: 9)
        job = span.littleEndian(at: 17)
        let size: UInt16 = span.littleEndian(at: 25)
        let keyEnd = Self.keyOffset + Int(size)
        guard keyEnd <= end else { return nil }
        key = Array(bytes[Self.keyOffset..<keyEnd])
        switch bytes[0] {
        case 2: parameters = .query(Array(bytes[keyEnd..<end]))
        case 3 where end - keyEnd == 8: parameters = .mark(span.littleEndian(at: keyEnd))
        default: return nil
        }
    }

    /// Appends the text.
    func append(to output: inout [UInt8]) {
        var bytes: [UInt8] = []
        if case .query = parameters { bytes.append(2) } else { bytes.append(3) }
        bytes.append(littleEndian: UInt64(version))
        bytes.append(littleEndian: digest)
        bytes.append(littleEndian: job)
        bytes.append(littleEndian: UInt16(key.count))
        bytes.append(contentsOf: key)
        switch parameters {
        case .query(let query): bytes.append(contentsOf: query)
        case .mark(let mark): bytes.append(littleEndian: mark)
        }
        bytes.append(littleEndian: Self.sum(bytes.span))
        Self.append(base64: bytes, to: &output)
    }

    /// FNV-1a of some bytes, 64 bits: distinguishes jobs and queries, but not against an adversary.
    static func mark(of bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
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
