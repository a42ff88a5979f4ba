/// A set of ASCII bytes, as a bit for each: a test costs a shift, and a set costs no memory at run
/// time.
struct ByteSet: Sendable {
    /// The bytes 0 to 63 and 64 to 127, least significant bit first.
    let low, high: UInt64

    /// Whether the set holds `byte`; it never holds one above 127.
    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        let half = byte < 64 ? low : byte < 128 ? high : 0
        return half >> UInt64(byte & 63) & 1 == 1
    }
}

extension ByteSet {
    /// `tchar` of RFC 9110 §5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
    static let token = ByteSet(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)

    /// What an origin-form target may hold (RFC 3986 §3.3, §3.4): letters, digits and
    /// `-._~!$&'()*+,;=:@/?%`.
    static let target = ByteSet(low: 0xafff_fff2_0000_0000, high: 0x47ff_fffe_87ff_ffff)

    /// What a Host may hold (RFC 3986 §3.2.2): letters, digits and `-._~!$&'()*+,;=:[]%`.
    static let host = ByteSet(low: 0x2fff_7ff2_0000_0000, high: 0x47ff_fffe_afff_fffe)
}
