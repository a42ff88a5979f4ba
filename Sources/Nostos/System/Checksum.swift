import CXXHash

/// XXH3 with 64 bits (Yann Collet, xxHash 0.8): the checksum of tables and of the journal.
///
/// It finds damage, and a block in the wrong place when the seed depends on the place. It is no
/// proof against an attacker, who can compute it too.
public enum Checksum {
    /// The hash of the bytes; O(bytes), above 10 GB/s where they are in cache.
    public static func hash(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
        // Unsafe: libxxhash reads exactly `count` bytes, inside the closure.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe XXH3_64bits_withSeed(buffer.baseAddress, buffer.count, seed)
        }
    }

    /// The hash as 16 hexadecimal digits.
    public static func text(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
