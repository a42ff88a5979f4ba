/// A vocabulary as the writer uses it: from encoded value to code.
///
/// Its hash table is memory of its own that never changes, so that threads look values up at the
/// same time without counting references to shared objects.
@safe final class VocabularyCodes {
    /// The bytes of the file's form.
    let encoded: [UInt8]
    private let lookupTable: VocabularyLookup

    init(_ builder: VocabularyBuilder) {
        let order = builder.codeOrder()
        encoded = Self.encoded(builder.texts(), order)
        lookupTable = VocabularyLookup(builder, order: order)
    }

    deinit { unsafe lookupTable.deallocate() }

    /// The way from value to code.
    ///
    /// Valid as long as this object.
    @unsafe var lookup: VocabularyLookup { lookupTable }

    private static func encoded(_ texts: [[UInt8]], _ order: [Int]) -> [UInt8] {
        var output: [UInt8] = []
        var joined: [UInt8] = []
        output.append(littleEndian: UInt32(texts.count))
        output.append(littleEndian: UInt32(texts.reduce(0) { max($0, $1.count) }))
        output.append(littleEndian: UInt32(0))
        for ordinal in order {
            joined += texts[ordinal]
            output.append(littleEndian: UInt32(joined.count))
        }
        return output + joined
    }
}

/// An open-addressing table (linear probing, at most half full) from encoded values to codes.
///
/// Plain data, valid as long as the `VocabularyCodes` it is of.
@safe struct VocabularyLookup {
    /// Each value's slot has its code.
    private let slots: UnsafeMutablePointer<WordSlot>
    private let mask: Int
    /// By code, where the value ends among `values`; before the first one a 0.
    private let ends: UnsafeMutablePointer<Int>
    private let values: UnsafeMutablePointer<UInt8>
    private let seed = UInt64.random(in: .min ... .max)

    /// The codes of the values whose ordinals stand in that order.
    fileprivate init(_ builder: VocabularyBuilder, order: [Int]) {
        var slotCount = 4
        while slotCount < 2 * order.count { slotCount *= 2 }
        mask = slotCount - 1
        // Unsafe: each piece is allocated with the size that it is filled to.
        unsafe slots = .allocate(capacity: slotCount)
        unsafe slots.initialize(repeating: .empty, count: slotCount)
        unsafe ends = .allocate(capacity: order.count + 1)
        unsafe ends.initialize(to: 0)
        unsafe values = .allocate(capacity: builder.valueSize)
        for (code, ordinal) in order.enumerated() {
            builder.withValue(ordinal) { add($0, code: code) }
        }
    }

    /// Adds the value with the code that comes next.
    private func add(_ value: Span<UInt8>, code: Int) {
        let start = unsafe ends[code]
        for index in 0..<value.count {
            unsafe (values + start + index).initialize(to: value[index])
        }
        unsafe (ends + code + 1).initialize(to: start + value.count)
        let key = WordKey(value)
        var slot = Int(truncatingIfNeeded: key.hash(value, seed: seed)) & mask
        while unsafe !slots[slot].isEmpty { slot = (slot + 1) & mask }
        unsafe slots[slot] = WordSlot(key: key, number: UInt32(code))
    }

    @unsafe fileprivate func deallocate() {
        unsafe slots.deallocate()
        unsafe ends.deallocate()
        unsafe values.deallocate()
    }

    /// The code of a whole encoded value, or nil when it is not in the vocabulary.
    @inline(__always)
    func code(of value: Span<UInt8>) -> UInt32? {
        let key = WordKey(value)
        var slot = Int(truncatingIfNeeded: key.hash(value, seed: seed)) & mask
        while true {
            // Unsafe: slots are below the mask, and their content are codes; the same holds below.
            let found = unsafe slots[slot]
            if found.isEmpty { return nil }
            if found.key == key, key.isWhole || isValue(found.number, value) {
                return found.number
            }
            slot = (slot + 1) & mask
        }
    }

    /// Whether the value of that code is that one.
    @inline(never)
    private func isValue(_ code: UInt32, _ value: Span<UInt8>) -> Bool {
        let start = unsafe ends[Int(code)]
        let count = unsafe ends[Int(code) + 1] - start
        let known = unsafe Span(_unsafeStart: values + start, count: count)
        return known.elementsEqual(value)
    }
}

// @unchecked: written only in the initialiser.
extension VocabularyCodes: @unchecked Sendable {}
extension VocabularyLookup: @unchecked Sendable {}
