import Testing

@testable import Nostos

@Suite struct VerifiedOrderTests {
    /// Every two keys of 7 to 9 bytes that differ from another in one byte, anywhere, or in none.
    @Test func keysPrecedeAsTheirBytesDo() {
        let keys = (7...9).flatMap { size in
            (0..<size).flatMap { index in
                ([0, 1, 0x7F, 0x80, 0xFF] as [UInt8]).map { byte -> [UInt8] in
                    var key = [UInt8](repeating: 1, count: size)
                    key[index] = byte
                    return key
                }
            }
        }
        for left in keys {
            for right in keys {
                let model = left.lexicographicallyPrecedes(right)
                #expect(TableReader.precedes(left.span, right.span) == model, "\(left) \(right)")
            }
        }
    }
}
