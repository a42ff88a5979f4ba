import CZstd
import Glibc
import Synchronization

// The tables' door to libzstd: short texts, each compressed alone with the dictionary of its field.
//
// The frame of a short text is mostly frame: magic number, header, block header. Of a text that
// fits in one block only the block's content is kept, and the 9 bytes before it are put back when
// it is read:
//
//     28 b5 2f fd   magic number
//     00            frame header: no content size, no dictionary identifier, no checksum
//     38            window of 128 KiB, the largest block
//     3 bytes       last block, compressed, its size

/// The form of a compressed text, see `CompressedText`.
enum ZstdBlock {
    static let headerSize = 9
    /// The most text that one block holds.
    static let maxTextSize = 1 << 17
    static let start: UInt64 = 0x3800_FD2F_B528

    /// Whether a frame is one compressed block.
    static func isSingle(_ frame: Span<UInt8>) -> Bool {
        guard frame.count > headerSize, frame[4] == 0 else { return false }
        let header = blockHeader(frame)
        return header == 0b101 | (frame.count - headerSize) << 3
    }

    private static func blockHeader(_ frame: Span<UInt8>) -> Int {
        Int(frame[6]) | Int(frame[7]) << 8 | Int(frame[8]) << 16
    }
}

/// Compresses texts with one dictionary; owns a `ZSTD_CDict`, freed exactly once.
///
/// Any number of threads may use it at once.
@safe final class TextCompressor: Sendable {
    /// Level 3 made package descriptions the smallest of levels 1 to 8, and is the fastest of those
    /// that look for long matches; 9 and above save 4 to 15 % and take 5 to 40 times as long.
    fileprivate static let level: CInt = 3

    /// The dictionary as it stands in the file.
    let dictionary: [UInt8]
    // Unsafe: made once, read-only then, freed at the end.
    nonisolated(unsafe) private let prepared: OpaquePointer
    /// Contexts that no thread uses.
    private let contexts = Mutex<[CompressionContext]>([])

    /// nil when libzstd has no memory.
    init?(dictionary: [UInt8]) {
        self.dictionary = dictionary
        // Unsafe: the bytes are copied.
        let prepared = unsafe dictionary.withUnsafeBytes {
            unsafe ZSTD_createCDict($0.baseAddress, $0.count, Self.level)
        }
        guard let prepared = unsafe prepared else { return nil }
        unsafe self.prepared = prepared
    }

    deinit { unsafe ZSTD_freeCDict(prepared) }

    /// Appends the block of a text: nil, and nothing is appended, when it would not be smaller than
    /// the text, or when the text is empty or larger than a block.
    func append(_ text: Span<UInt8>, to output: inout [UInt8]) -> Int? {
        guard (1...ZstdBlock.maxTextSize).contains(text.count),
            let context = contexts.withLock({ $0.popLast() }) ?? CompressionContext()
        else { return nil }
        let size = unsafe context.append(text, prepared, to: &output)
        contexts.withLock { $0.append(context) }
        return size
    }

    /// A dictionary of at most `size` bytes from samples, one after another; nil when these do not
    /// do for one.
    static func train(_ samples: [UInt8], sizes: [Int], size: Int) -> [UInt8]? {
        guard sizes.count >= 16 else { return nil }
        var dictionary = [UInt8](repeating: 0, count: size)
        // Unsafe: libzstd reads and writes only within the buffers, whose sizes it is given, and
        // only during the call.
        let result = unsafe dictionary.withUnsafeMutableBytes { target in
            unsafe samples.withUnsafeBytes { source in
                unsafe sizes.withUnsafeBufferPointer { sizes in
                    unsafe ZDICT_trainFromBuffer(
                        target.baseAddress, target.count, source.baseAddress, sizes.baseAddress,
                        UInt32(sizes.count))
                }
            }
        }
        guard ZDICT_isError(result) == 0, result <= size else { return nil }
        return Array(dictionary[..<result])
    }
}

/// A `ZSTD_CCtx`, freed exactly once, with memory for a frame; for one thread at a time.
@safe private final class CompressionContext {
    private let context: OpaquePointer
    private var frame: [UInt8] = []

    init?() {
        guard let context = unsafe ZSTD_createCCtx() else { return nil }
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0)
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    @unsafe
    func append(
        _ text: Span<UInt8>, _ dictionary: OpaquePointer, to output: inout [UInt8]
    ) -> Int? {
        let bound = ZSTD_compressBound(text.count)
        if frame.count < bound { frame = Array(repeating: 0, count: max(bound, 4096)) }
        unsafe ZSTD_CCtx_refCDict(context, dictionary)
        // Unsafe: libzstd reads and writes only within the two buffers, whose sizes it is given,
        // and only during the call.
        let size = unsafe frame.withUnsafeMutableBytes { target in
            unsafe text.withUnsafeBytes { source in
                unsafe ZSTD_compress2(
                    context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        guard !nostos_zstd_is_error(size) else { return nil }
        let bytes = frame
        let whole = bytes.span.extracting(..<size)
        guard ZstdBlock.isSingle(whole), size - ZstdBlock.headerSize < text.count else {
            return nil
        }
        output.append(whole.extracting(ZstdBlock.headerSize...))
        return size - ZstdBlock.headerSize
    }
}

// @unchecked: handed from thread to thread by a pool, never used by two at once.
extension CompressionContext: @unchecked Sendable {}

/// Decompresses texts with one dictionary; owns a `ZSTD_DDict`, freed exactly once.
///
/// Any number of threads may use it at once.
@safe final class TextDecompressor {
    /// The prepared dictionary, for ``decompress(_:size:to:textSize:dictionary:)``; valid as long
    /// as this object.
    let handle: OpaquePointer

    /// Copies a dictionary of `size` bytes; nil when it is none.
    @unsafe init?(_ start: UnsafePointer<UInt8>, size: Int) {
        // A dictionary that does not begin with its magic number would be taken for plain content.
        guard size >= 8, unsafe ZSTD_getDictID_fromDict(start, size) != 0 else { return nil }
        guard let dictionary = unsafe ZSTD_createDDict(start, size) else { return nil }
        unsafe handle = dictionary
    }

    deinit { unsafe ZSTD_freeDDict(handle) }

    /// Decompresses a block of `size` bytes to exactly `textSize` bytes, at most a block's; false
    /// when it is damaged.
    ///
    /// Takes a dictionary's ``handle``, so that callers need no reference to the object.
    @unsafe
    static func decompress(
        _ block: UnsafePointer<UInt8>, size: Int, to text: UnsafeMutablePointer<UInt8>,
        textSize: Int, dictionary: OpaquePointer
    ) -> Bool {
        // Compressed text is smaller than text: a larger block is refused before it is copied.
        guard size > 0, size < textSize, textSize <= ZstdBlock.maxTextSize else { return false }
        guard let lease = ZstdContexts.shared.claim() else { return false }
        defer { ZstdContexts.shared.release(lease) }
        // Unsafe: a lease has room for the largest block after the header; libzstd reads and writes
        // only within the sizes it is given; the context is this thread's until it is released.
        let frame = unsafe lease.frame
        unsafe frame.storeBytes(of: ZstdBlock.start.littleEndian, as: UInt64.self)
        let header = UInt32(truncatingIfNeeded: 0b101 | size << 3)
        unsafe frame.storeBytes(
            of: header.littleEndian, toByteOffset: ZstdBlock.headerSize - 3, as: UInt32.self)
        unsafe (frame + ZstdBlock.headerSize).copyMemory(from: block, byteCount: size)
        let result = unsafe ZSTD_decompress_usingDDict(
            lease.context, text, textSize, frame, size + ZstdBlock.headerSize, dictionary)
        return result == textSize
    }
}

// @unchecked: a dictionary is read-only once it is made.
extension TextDecompressor: @unchecked Sendable {}

/// The process's decompression contexts: a context takes 160 KiB and 10 µs to make, so that threads
/// pass them on.
///
/// Each slot holds an idle context, or none; taking one and returning it are each one atomic
/// exchange, mostly of a slot that no other thread uses. Idle contexts beyond ``slotCount`` are
/// freed.
@safe private final class ZstdContexts: Sendable {
    static let shared = ZstdContexts()
    private static let slotCount = 16
    /// Slots lie in cache lines of their own, and in pairs of them, which are fetched together.
    private static let stride = 16

    /// A context with memory for a frame; its bytes begin with the context's address.
    @safe struct Lease {
        let memory: UnsafeMutableRawPointer

        var context: OpaquePointer? { unsafe memory.load(as: OpaquePointer?.self) }
        /// Room for the largest frame that is one block, and for the bytes written after it.
        var frame: UnsafeMutableRawPointer { unsafe memory + 16 }
    }

    // Unsafe, here and below: allocated once, for the process's life.
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Atomic<UnsafeMutableRawPointer?>>

    private init() {
        unsafe slots = .allocate(capacity: Self.slotCount * Self.stride)
        for index in 0..<Self.slotCount {
            unsafe (slots + index * Self.stride).initialize(to: Atomic(nil))
        }
    }

    /// A context for the caller alone; nil when there is no memory.
    func claim() -> Lease? {
        let first = Self.firstSlot
        for offset in 0..<Self.slotCount {
            let slot = unsafe slots + (first + offset) % Self.slotCount * Self.stride
            guard unsafe slot.pointee.load(ordering: .relaxed) != nil,
                let memory = unsafe slot.pointee.exchange(nil, ordering: .acquiring)
            else { continue }
            return unsafe Lease(memory: memory)
        }
        return Self.make()
    }

    func release(_ lease: Lease) {
        let first = Self.firstSlot
        for offset in 0..<Self.slotCount {
            let slot = unsafe slots + (first + offset) % Self.slotCount * Self.stride
            let (isDone, _) = unsafe slot.pointee.compareExchange(
                expected: nil, desired: lease.memory, ordering: .releasing)
            if isDone { return }
        }
        unsafe ZSTD_freeDCtx(lease.context)
        unsafe lease.memory.deallocate()
    }

    private static func make() -> Lease? {
        guard let context = unsafe ZSTD_createDCtx() else { return nil }
        let size = 16 + ZstdBlock.headerSize + ZstdBlock.maxTextSize
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe memory.storeBytes(of: context, as: OpaquePointer?.self)
        return unsafe Lease(memory: memory)
    }

    /// The slot at which this thread begins to look.
    private static var firstSlot: Int {
        let thread = UInt64(pthread_self()) &* 0x9E37_79B9_7F4A_7C15
        return Int(thread >> 60)
    }
}
