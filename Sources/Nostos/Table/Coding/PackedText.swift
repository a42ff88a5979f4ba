// Text over a small alphabet as one entry of a row's variable part. Each byte of the text is a code
// of W bits, 4 to 7, bit after bit from the least significant bit of the first byte; zeros fill the
// last byte. Eight codes take W bytes.
//
// The alphabet stands in the vocabularies section: 2^W bytes, of which byte i is the meaning of
// code i. A code of 7 bits is its ASCII character, so W = 7 has no alphabet. Where less than
// a code is left over, the entry's size determines the number of codes. Where a whole code would
// fit, the packed code of the field says whether it is one (see `FieldEncoding`). Two codes never
// fit, because a code has at least 4 bits.

/// An alphabet: the bytes that the texts of a field are made of.
///
/// Hashes in hexadecimal take half of their size, base64 and lower-case identifiers three quarters,
/// random printable text seven eighths, at 1 ns a character or less.
struct TextAlphabet: Equatable {
    /// Bits of a code: 4 to 7.
    let width: Int
    /// The meaning of each code: 2^width bytes; empty where a code is its character.
    let bytes: [UInt8]
    private let codes: [UInt8]

    /// Marks a byte that has no code.
    private static let none: UInt8 = 255

    /// The least alphabet with all bytes that occur; nil when they need 8 bits.
    ///
    /// - Parameter isPresent: 256, whether that byte occurs.
    init?(_ isPresent: [Bool]) {
        let present = (0..<256).filter { isPresent[$0] }
        guard present.count <= 128, let last = present.last else { return nil }
        width = max(4, 64 - UInt64(present.count - 1).leadingZeroBitCount)
        var codes = [UInt8](repeating: Self.none, count: 256)
        if width == 7 {
            guard last < 128 else { return nil }
            for byte in 0..<128 { codes[byte] = UInt8(byte) }
            bytes = []
        } else {
            // Codes that are left over go to other printable characters: later texts may have them.
            let others = (0x20..<0x7F).filter { !isPresent[$0] }
            let all = (present + others).prefix(1 << width).map { UInt8($0) }
            for (code, byte) in all.enumerated() { codes[Int(byte)] = UInt8(code) }
            bytes = all
        }
        self.codes = codes
    }

    /// The size of the entry of a text of that size.
    func packedSize(of size: Int) -> Int { (size * width + 7) / 8 }

    /// Appends the entry of a text.
    ///
    /// - Returns: nil when a byte has no code, and nothing was appended; else whether one more code
    ///   would fit into the entry than there are.
    func append(_ text: Span<UInt8>, to output: inout [UInt8]) -> Bool? {
        for index in text.indices where codes[Int(text[index])] == Self.none { return nil }
        var bits = BitOutput()
        for index in text.indices {
            bits.append(UInt64(codes[Int(text[index])]), width: width, to: &output)
        }
        bits.finish(to: &output)
        return packedSize(of: text.count) * 8 / width > text.count
    }
}

/// Unpacks text of a small alphabet.
enum PackedText {
    /// The bytes that must be readable after an entry, and free after its text.
    static let slack = 8

    /// The size of the text of an entry.
    @inline(__always)
    static func textSize(ofEntry size: Int, width: Int) -> Int { size &* 8 / width }

    /// Writes the text of an entry of `size` bytes and returns its end.
    ///
    /// After the entry ``slack`` bytes more are readable. The alphabet has 2^width bytes; it is not
    /// read where the width is 7. `output` has room for ``textSize(ofEntry:width:)`` and ``slack``
    /// bytes.
    @unsafe @inline(__always)
    static func write(
        _ entry: UnsafePointer<UInt8>, size: Int, width: Int, alphabet: UnsafePointer<UInt8>,
        to output: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let count = textSize(ofEntry: size, width: width)
        // Unsafe: whole steps of 8 characters read and write less than 8 bytes too many; a code is
        // below 2^width.
        var source = unsafe UnsafeRawPointer(entry)
        var target = UnsafeMutableRawPointer(output)
        let end = unsafe output + count
        if width == 7 {
            while unsafe target < end {
                let word = unsafe source.loadUnaligned(as: UInt64.self).littleEndian
                unsafe target.storeBytes(of: ascii(word).littleEndian, as: UInt64.self)
                unsafe source += 7
                unsafe target += 8
            }
            return unsafe end
        }
        let mask = (UInt64(1) &<< UInt64(width)) &- 1
        while unsafe target < end {
            var word = unsafe source.loadUnaligned(as: UInt64.self).littleEndian
            var text: UInt64 = 0
            for place in 0..<8 {
                let byte = unsafe alphabet[Int(truncatingIfNeeded: word & mask)]
                text |= UInt64(byte) &<< UInt64(8 &* place)
                word &>>= UInt64(width)
            }
            unsafe target.storeBytes(of: text.littleEndian, as: UInt64.self)
            unsafe source += width
            unsafe target += 8
        }
        return unsafe end
    }

    /// Eight codes of 7 bits, moved apart to bytes: halves first, then quarters, then single ones.
    @inline(__always)
    static func ascii(_ word: UInt64) -> UInt64 {
        let halves = (word & 0x0FFF_FFFF) | (word & 0x00FF_FFFF_F000_0000) &<< 4
        let quarters =
            (halves & 0x0000_3FFF_0000_3FFF) | (halves & 0x0FFF_C000_0FFF_C000) &<< 2
        return (quarters & 0x007F_007F_007F_007F) | (quarters & 0x3F80_3F80_3F80_3F80) &<< 1
    }
}
