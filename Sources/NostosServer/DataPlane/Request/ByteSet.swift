/// A set of ASCII bytes that includes the dash.
///
/// Its text holds each member at the member's own index and a dash at all others, so that a test
/// costs one load.
struct ByteSet: Sendable {
    private let table: StaticString

    init(_ table: StaticString) {
        precondition(table.utf8CodeUnitCount == 128)
        self.table = table
    }

    /// Whether the set holds `byte`; it never holds one above 127.
    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        // Unsafe: the literal has 128 bytes, and lives for ever.
        guard byte < 128 else { return false }
        return unsafe table.utf8Start[Int(byte)] == byte
    }

    /// Whether the set holds all bytes of a range.
    @inline(__always)
    func contains(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
        let part = bytes.extracting(range)
        // Unsafe: inside the span, and inside the literal, as above.
        return unsafe part.withUnsafeBufferPointer { bytes in
            let start = unsafe table.utf8Start
            // Without a branch for each: one that is not in the set differs from its place, and
            // one above 127 from all that the set holds.
            var difference: UInt8 = 0
            for index in 0..<bytes.count {
                let byte = unsafe bytes[index]
                difference |= unsafe start[Int(byte & 127)] ^ byte
            }
            return difference == 0
        }
    }
}

extension ByteSet {
    /// `tchar` of RFC 9110 §5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
    static var token: ByteSet {
        ByteSet(
            """
            --------------------------------\
            -!-#$%&'--*+--.-0123456789------\
            -ABCDEFGHIJKLMNOPQRSTUVWXYZ---^_\
            `abcdefghijklmnopqrstuvwxyz-|-~-
            """)
    }

    /// The bytes that an origin-form target may hold (RFC 3986 §3.3, §3.4): letters, digits and
    /// `-._~!$&'()*+,;=:@/?%`.
    static var target: ByteSet {
        ByteSet(
            """
            --------------------------------\
            -!--$%&'()*+,-./0123456789:;-=-?\
            @ABCDEFGHIJKLMNOPQRSTUVWXYZ----_\
            -abcdefghijklmnopqrstuvwxyz---~-
            """)
    }

    /// The bytes that a segment of a path may hold: a target's bytes but `/` and `?`.
    static var segment: ByteSet {
        ByteSet(
            """
            --------------------------------\
            -!--$%&'()*+,-.-0123456789:;-=--\
            @ABCDEFGHIJKLMNOPQRSTUVWXYZ----_\
            -abcdefghijklmnopqrstuvwxyz---~-
            """)
    }

    /// The bytes that a Host may hold (RFC 3986 §3.2.2): letters, digits and `-._~!$&'()*+,;=:[]%`.
    static var host: ByteSet {
        ByteSet(
            """
            --------------------------------\
            -!--$%&'()*+,-.-0123456789:;-=--\
            -ABCDEFGHIJKLMNOPQRSTUVWXYZ[-]-_\
            -abcdefghijklmnopqrstuvwxyz---~-
            """)
    }
}
