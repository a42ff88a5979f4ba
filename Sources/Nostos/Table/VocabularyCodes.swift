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
        var codes = [UInt32](repeating: 0, count: builder.count)
        for (code, ordinal) in order.enumerated() { codes[ordinal] = UInt32(code) }
        encoded = Self.encoded(builder.texts(), order)
        lookupTable = VocabularyLookup(builder, codes: codes)
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
    /// Tag of the hash, and below it the value's ordinal.
    private let slots: UnsafeMutablePointer<UInt64>
    private let mask: Int
    /// By ordinal, where the value ends among `values`.
    private let ends: UnsafeMutablePointer<UInt32>
    private let codes: UnsafeMutablePointer<UInt32>
    private let values: UnsafeMutablePointer<UInt8>
    private let seed = UInt64.random(in: .min ... .max)

    private static let emptySlot = UInt64.max

    fileprivate init(_ builder: VocabularyBuilder, codes: [UInt32]) {
        var slotCount = 4
        while slotCount < 2 * codes.count { slotCount *= 2 }
        mask = slotCount - 1
        // Unsafe: each piece is allocated with the size that it is filled to.
        unsafe slots = .allocate(capacity: slotCount)
        unsafe slots.initialize(repeating: Self.emptySlot, count: slotCount)
        unsafe ends = .allocate(capacity: codes.count)
        unsafe self.codes = .allocate(capacity: codes.count)
        unsafe values = .allocate(capacity: builder.valueSize)
        var end = 0
        let this = self
        builder.forEach { ordinal, value in
            for index in 0..<value.count {
                unsafe this.values.advanced(by: end + index).initialize(to: value[index])
            }
            end += value.count
            unsafe this.ends.advanced(by: ordinal).initialize(to: UInt32(end))
            unsafe this.codes.advanced(by: ordinal).initialize(to: codes[ordinal])
            let hash = WordSet.hash(value, seed: this.seed)
            var slot = Int(truncatingIfNeeded: hash) & this.mask
            while unsafe this.slots[slot] != Self.emptySlot { slot = (slot + 1) & this.mask }
            unsafe this.slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(ordinal)
        }
    }

    @unsafe fileprivate func deallocate() {
        unsafe slots.deallocate()
        unsafe ends.deallocate()
        unsafe codes.deallocate()
        unsafe values.deallocate()
    }

    /// The code of a whole encoded value, or nil when it is not in the vocabulary.
    @inline(__always)
    func code(of value: Span<UInt8>) -> UInt32? {
        let hash = WordSet.hash(value, seed: seed)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            // Unsafe: slots are below the mask, and what they hold are ordinals; so below.
            let found = unsafe slots[slot]
            if found == Self.emptySlot { return nil }
            if (found ^ hash) >> 32 == 0 {
                let ordinal = Int(truncatingIfNeeded: found & 0xFFFF_FFFF)
                let start = unsafe ordinal == 0 ? 0 : Int(ends[ordinal - 1])
                let count = unsafe Int(ends[ordinal]) - start
                let known = unsafe Span(_unsafeStart: values + start, count: count)
                if WordSet.isEqual(known, value) { return unsafe codes[ordinal] }
            }
            slot = (slot + 1) & mask
        }
    }
}

// @unchecked: written only in the initialiser.
extension VocabularyCodes: @unchecked Sendable {}
extension VocabularyLookup: @unchecked Sendable {}
