import Nostos

/// The encoded values of one row while a source makes them; owns its memory.
///
/// An array would be checked several times a value for its room and its owners; here one check
/// covers a whole value, and the row is copied to its array in one piece.
@safe struct RawRow: ~Copyable {
    /// The most bytes that a value without text or bytes takes.
    private static let maxFixedSize = 10
    /// Short texts are copied in pieces of that many bytes, the last one with the bytes after it.
    private static let pieceSize = 8

    private var bytes: UnsafeMutableRawPointer
    private var capacity = 1024
    private var count = 0
    private let ends: UnsafeMutablePointer<Int>
    private let columnCount: Int
    private var endCount = 0

    /// Memory for rows of that many columns.
    init(columnCount: Int) {
        self.columnCount = columnCount
        // Unsafe, here and below: `bytes` has `capacity` bytes, of which those below `count` are
        // initialised, and `ends` one place for each column; what is written was made room for.
        unsafe bytes = .allocate(byteCount: capacity, alignment: 16)
        unsafe ends = .allocate(capacity: max(1, columnCount))
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe ends.deallocate()
    }

    /// Empties the row.
    @inline(__always)
    mutating func removeAll() { (count, endCount) = (0, 0) }

    /// Ends the value of a column.
    @inline(__always)
    mutating func endColumn() {
        precondition(endCount < columnCount)
        unsafe (ends + endCount).initialize(to: count)
        endCount += 1
    }

    /// Appends NULL or a Boolean.
    @inline(__always)
    mutating func append(_ tag: EncodedValue.Tag) {
        makeRoom(Self.maxFixedSize)
        put(tag.rawValue)
    }

    /// Appends an integer.
    @inline(__always)
    mutating func append(int64 value: Int64) {
        makeRoom(Self.maxFixedSize)
        put(EncodedValue.Tag.int64.rawValue)
        put(word: UInt64(bitPattern: value), size: 8)
    }

    /// Appends ASCII text; false, and nothing was appended, where it is not ASCII or too long to be
    /// checked here.
    @inline(__always)
    mutating func append(ascii text: Span<UInt8>) -> Bool {
        let size = text.count
        guard size < 128 else { return false }
        makeRoom(2 + size + Self.pieceSize)
        let start = count
        put(EncodedValue.Tag.string.rawValue)
        put(UInt8(truncatingIfNeeded: size))
        var index = 0
        var all: UInt64 = 0
        while index + Self.pieceSize <= size {
            let word = text.word(at: index)
            put(word: word, size: Self.pieceSize)
            all |= word
            index += Self.pieceSize
        }
        while index < size {
            let byte = text[index]
            put(byte)
            all |= UInt64(byte)
            index += 1
        }
        guard all & 0x8080_8080_8080_8080 == 0 else {
            count = start
            return false
        }
        return true
    }

    /// Appends values that are encoded already.
    mutating func append(encoded: Span<UInt8>) {
        makeRoom(encoded.count)
        unsafe encoded.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe (bytes + count).copyMemory(from: start, byteCount: source.count)
        }
        count += encoded.count
    }

    /// Puts all values, with their ends, into an array's row in place of what it had.
    @inline(__always)
    func move(to row: inout Row) {
        // Most rows have the size of the one before: then nothing but bytes is moved.
        if row.bytes.count != count {
            row.bytes.removeAll(keepingCapacity: true)
            unsafe row.bytes.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        } else {
            unsafe row.bytes.withUnsafeMutableBytes { target in
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count))
            }
        }
        if row.ends.count != endCount {
            row.ends.removeAll(keepingCapacity: true)
            unsafe row.ends.append(contentsOf: UnsafeBufferPointer(start: ends, count: endCount))
        } else {
            for index in 0..<endCount { row.ends[index] = unsafe ends[index] }
        }
    }

    @inline(__always)
    private mutating func makeRoom(_ size: Int) {
        if size > capacity - count { grow(size) }
    }

    @inline(never)
    private mutating func grow(_ size: Int) {
        capacity = max(2 * capacity, count + size)
        let grown = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe grown.copyMemory(from: bytes, byteCount: count)
        unsafe bytes.deallocate()
        unsafe bytes = grown
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        unsafe bytes.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    private mutating func put(word: UInt64, size: Int) {
        unsafe bytes.storeBytes(of: word.littleEndian, toByteOffset: count, as: UInt64.self)
        count += size
    }
}
