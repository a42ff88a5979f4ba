import CCrypto

/// SHA-256 by OpenSSL's libcrypto, which libpq loads anyway (FIPS 180-4).
public enum SHA256 {
    /// The size of a digest, in bytes.
    public static let digestSize = 32

    /// The digest of `message`.
    ///
    /// - Complexity: O(n) in the size of `message`.
    public static func digest(of message: Span<UInt8>) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: digestSize) { digest, count in
            // Unsafe: libcrypto reads `message` and writes exactly `digestSize` bytes.
            let written = unsafe message.withUnsafeBufferPointer {
                unsafe CCrypto.SHA256($0.baseAddress, $0.count, digest.baseAddress)
            }
            guard unsafe written != nil else {
                preconditionFailure("libcrypto has no SHA-256; is its configuration broken?")
            }
            count = digestSize
        }
    }
}
