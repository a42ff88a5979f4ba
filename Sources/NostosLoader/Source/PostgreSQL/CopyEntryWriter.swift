import Nostos

/// Writes the entry of one row of a `COPY`.
///
/// There is no check of the room for each piece: an entry takes twice the size of its row at most,
/// and its owner has made room for that. By parts: the row's 2 bytes of columns and the key's 6 at
/// least become 16, header and key; NULL's 4 bytes become 1, the 5 of a Boolean 1, the 6 of an
/// `int2` and the 8 of an `int4` 9, the 12 of the others 10 at most, and the size of a text, 4
/// bytes, becomes a tag and at most 4 bytes more.
@safe struct CopyEntryWriter {
    /// The number of bytes that may be written after an entry: the rest of a word.
    static let slack = 8
    /// The texts that are copied here; longer ones are checked and copied by functions.
    private static let shortText = 128

    private let source: UnsafeRawBufferPointer
    private let target: UnsafeMutableRawPointer
    /// The offset of the row's next byte; the end of the row, once its entry is written.
    private(set) var position: Int
    /// The size of the entry so far.
    private(set) var size = EntryHeader.size + 8

    /// - Warning: `source` must be readable for ``CopyBuffer/slack`` bytes more, and `target` have
    ///   room for twice the row and ``slack`` bytes more.
    @unsafe @inline(__always)
    init(_ source: UnsafeRawBufferPointer, at position: Int, to target: UnsafeMutableRawPointer) {
        unsafe (self.source, self.target) = (source, target)
        self.position = position
    }
}

// Unsafe: what is read lies before the source's end, but for the words of a text, which may reach
// into the slack; what is written has room by the initialiser's contract.
extension CopyEntryWriter {
    /// Writes the entry of the row at the position; false where it is not plain or not whole.
    @inline(__always)
    mutating func append(_ plain: borrowing PlainRows, _ types: Span<PostgresType>) -> Bool {
        let tags = plain.tags.span
        guard unsafe source.count - position >= 2, types.count == tags.count,
            Int(load(Int16.self)) == types.count
        else { return false }
        position += 2
        for column in types.indices {
            guard unsafe source.count - position >= 4 else { return false }
            let size = Int(load(Int32.self))
            position += 4
            guard unsafe source.count - position >= size else { return false }
            if column == plain.keyColumn {
                guard appendKey(types[column], size) else { return false }
            } else if size < 0 {
                guard tags[column].contains(.null) else { return false }
                put(EncodedValue.Tag.null.rawValue)
            } else {
                guard append(types[column], size, tags[column]) else { return false }
            }
            position += max(0, size)
        }
        let header = EntryHeader(
            keySize: 8, generator: plain.generator, payloadSize: size - EntryHeader.size - 8)
        unsafe target.storeBytes(of: header.word.littleEndian, as: UInt64.self)
        return true
    }

    /// Writes the key to its place, see ``KeySchema/number(of:)``.
    @inline(__always)
    private func appendKey(_ type: PostgresType, _ size: Int) -> Bool {
        guard let value = integer(type, size) else { return false }
        let word = KeySchema.number(of: value).bigEndian
        unsafe target.storeBytes(of: word, toByteOffset: EntryHeader.size, as: UInt64.self)
        return true
    }

    /// The integer at the position, where it is one.
    @inline(__always)
    private func integer(_ type: PostgresType, _ size: Int) -> Int64? {
        switch (type.element, size) {
        case (.int8, 8): load(Int64.self)
        case (.int4, 4): Int64(load(Int32.self))
        case (.int2, 2): Int64(load(Int16.self))
        default: nil
        }
    }

    /// Appends a value that passes.
    @inline(__always)
    private mutating func append(_ type: PostgresType, _ size: Int, _ tags: TagSet) -> Bool {
        switch type.element {
        case .text:
            guard tags.contains(tag: EncodedValue.Tag.string.rawValue) else { return false }
            return appendShort(textOf: size) || append(textOf: size)
        case .bool:
            guard size == 1, tags.contains(TagSet(of: .bool)) else { return false }
            put((load(UInt8.self) != 0 ? EncodedValue.Tag.true : .false).rawValue)
        case .float8:
            guard size == 8, tags.contains(.numbers) else { return false }
            return append(Double(bitPattern: load(UInt64.self)))
        case .timestamp:
            guard size == 8, tags.contains(tag: EncodedValue.Tag.timestamp.rawValue) else {
                return false
            }
            return append(timestamp: load(Int64.self))
        default:
            guard tags.contains(tag: EncodedValue.Tag.int64.rawValue),
                let value = integer(type, size)
            else { return false }
            append(value)
        }
        return true
    }

    @inline(__always)
    private mutating func append(_ value: Int64, _ tag: EncodedValue.Tag = .int64) {
        put(tag.rawValue)
        put(word: UInt64(bitPattern: value), size: 8)
    }

    /// Appends a double that is an integer or a short decimal, as most are.
    @inline(__always)
    private mutating func append(_ value: Double) -> Bool {
        if let integer = Int64(exactly: value) {
            append(integer)
        } else if let (mantissa, scale) = EncodedValue.shortDecimal(of: value) {
            put(EncodedValue.Tag.decimal.rawValue)
            put(UInt8(truncatingIfNeeded: scale))
            put(word: UInt64(bitPattern: mantissa), size: 8)
        } else {
            return false
        }
        return true
    }

    @inline(__always)
    private mutating func append(timestamp value: Int64) -> Bool {
        // Infinity is among what overflows or lies outside.
        let (microseconds, overflow) = value.addingReportingOverflow(
            PostgresType.Element.epochMicroseconds)
        guard !overflow, Timestamp.range.contains(microseconds) else { return false }
        append(microseconds, .timestamp)
        return true
    }

    /// Appends short ASCII text; false for others.
    @inline(__always)
    private mutating func appendShort(textOf count: Int) -> Bool {
        guard count < Self.shortText else { return false }
        let start = size
        put(EncodedValue.Tag.string.rawValue)
        put(UInt8(truncatingIfNeeded: count))
        var index = 0
        var all: UInt64 = 0
        while count - index >= 8 {
            let word = unsafe self.word(at: index)
            put(word: word, size: 8)
            all |= word
            index += 8
        }
        if index < count {
            let word = unsafe self.word(at: index)
            put(word: word, size: count - index)
            // The bytes after the text are shifted out.
            all |= word << UInt64(8 * (8 - (count - index)))
        }
        guard all & 0x8080_8080_8080_8080 == 0 else {
            size = start
            return false
        }
        return true
    }

    /// Appends any valid text.
    @inline(never)
    private mutating func append(textOf count: Int) -> Bool {
        guard count <= EncodedValue.maxSize else { return false }
        let text = unsafe UnsafeRawBufferPointer(rebasing: source[position..<position + count])
        guard (try? UTF8Span(validating: unsafe text.bindMemory(to: UInt8.self).span)) != nil
        else { return false }
        put(EncodedValue.Tag.string.rawValue)
        var rest = UInt64(count)
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
        if let start = text.baseAddress {
            unsafe (target + size).copyMemory(from: start, byteCount: count)
        }
        size += count
        return true
    }

    /// The big-endian integer at the position.
    @inline(__always)
    private func load<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> T {
        unsafe T(bigEndian: source.loadUnaligned(fromByteOffset: position, as: T.self))
    }

    /// 8 bytes of a text, the first one the lowest.
    ///
    /// Unsafe: may read up to ``CopyBuffer/slack`` bytes after the source.
    @unsafe @inline(__always)
    private func word(at index: Int) -> UInt64 {
        guard let start = unsafe source.baseAddress else { return 0 }
        return unsafe UInt64(
            littleEndian: (start + position + index).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        unsafe target.storeBytes(of: byte, toByteOffset: size, as: UInt8.self)
        size += 1
    }

    /// Appends the lowest `count` bytes of a word, at most 8.
    @inline(__always)
    private mutating func put(word: UInt64, size count: Int) {
        unsafe target.storeBytes(of: word.littleEndian, toByteOffset: size, as: UInt64.self)
        size += count
    }
}
