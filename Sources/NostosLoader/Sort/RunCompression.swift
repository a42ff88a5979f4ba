import CLZ4

// The loader's door to liblz4: runs on scratch disks.
//
// A run is written once and read once, so what compression takes counts for more than what it
// saves. Of 1.2 GB of entries (50 million rows) zstd's level 1 leaves 0.26 GB in 2.5 s and takes
// 1.0 s back, and its faster levels gain little; LZ4 leaves 0.46 GB in 1.5 s and takes 0.3 s back.
// Tables, which stay and are read, have their own door, to zstd.

/// Compresses the blocks of runs; reuses one state of liblz4.
struct RunCompressor: ~Copyable {
    // In words, since the state must be aligned as they are.
    private var state = [UInt64](repeating: 0, count: Self.size / 8)

    /// What the state takes.
    static var size: Int { (Int(LZ4_sizeofState()) + 7) / 8 * 8 }

    /// The most bytes that compressing `size` bytes may give.
    static func maxCompressedSize(of size: Int) -> Int { Int(LZ4_compressBound(CInt(size))) }

    /// Compresses `bytes` into `target` from `offset` on and returns the size there, or nil when it
    /// does not fit.
    mutating func compress(_ bytes: [UInt8], into target: inout [UInt8], at offset: Int) -> Int? {
        // Unsafe: liblz4 reads and writes only within the buffers, whose sizes it is given or, of
        // the state, has said itself; and only during the call.
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
enum RunDecompressor {
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
