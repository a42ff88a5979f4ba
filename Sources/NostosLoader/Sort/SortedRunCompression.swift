import CLZ4

// The loader's door to liblz4: runs on scratch disks.
//
// A run is written once and read once, so the time of compression counts for more than the space
// that it saves. 156 MB of a real run: zstd's level 1 compresses it to 34 MB at 465 MB/s and
// decompresses it at 1,180; LZ4 to 58 MB at 763 and 4,540; zstd at its levels below 0 is nowhere as
// fast as LZ4. Tables, which stay and are read, have their own door, to zstd.

/// Compresses the blocks of runs; reuses one state of liblz4.
struct SortedRunCompressor: ~Copyable {
    // In words, since the state must be aligned as they are.
    private var state = [UInt64](repeating: 0, count: Self.size / 8)

    /// The size of the state.
    static var size: Int { (Int(LZ4_sizeofState()) + 7) / 8 * 8 }

    /// The largest size to which `size` bytes may be compressed.
    static func maxCompressedSize(of size: Int) -> Int { Int(LZ4_compressBound(CInt(size))) }

    /// Compresses `bytes` into `target` from `offset` on and returns the size there, or nil when it
    /// does not fit.
    mutating func compress(_ bytes: [UInt8], into target: inout [UInt8], at offset: Int) -> Int? {
        // Unsafe: liblz4 reads and writes only within the buffers, whose sizes are passed or, of
        // the state, come from liblz4; and only during the call.
        let size = unsafe target.withUnsafeMutableBytes { output in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: output[offset...])
            return unsafe bytes.withUnsafeBytes { input in
                unsafe state.withUnsafeMutableBytes { state in
                    unsafe LZ4_compress_fast_extState(
                        state.baseAddress, input.baseAddress, free.baseAddress, CInt(input.count),
                        CInt(free.count), 1)
                }
            }
        }
        return size > 0 ? Int(size) : nil
    }
}

/// Decompresses the blocks of runs.
enum SortedRunDecompressor {
    /// Decompresses bytes into `target` in place of what is there, and returns how many there are
    /// then, or nil when they are damaged or do not fit: nothing is there then.
    static func decompress(
        _ compressed: Span<UInt8>, into target: inout SortMemory<UInt8>
    ) -> Int? {
        // Unsafe: liblz4 reads and writes only within the two buffers, whose sizes it is given,
        // and only during the call.
        unsafe target.replaceAll { output in
            let size = unsafe compressed.withUnsafeBytes { input in
                unsafe LZ4_decompress_safe(
                    input.baseAddress, output.baseAddress, CInt(input.count), CInt(output.count))
            }
            return size >= 0 ? Int(size) : nil
        }
    }
}
