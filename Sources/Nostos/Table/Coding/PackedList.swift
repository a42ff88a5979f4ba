// A list of numbers as one entry of a row's variable part:
//
//     varint   count of elements
//          1   W, bits of a mantissa: 1 to 64; plus 128 when the list has a base of its own
//          1   S + 32 × V: the least scale, 0 to 31, and bits of a scale, 0 to 5; left out where
//              all numbers of the field are integers
//     varint   zig-zag form of the list's base, when it has one; else the field's base holds
//          …   the elements, bit after bit from the least significant bit of the first byte:
//              V bits, the scale - S, then W bits, the mantissa - base
//
// An element is mantissa × 10^-scale: exact, and no zero ends the mantissa. The empty list is an
// empty entry. S + 2^V - 1 is at most 31.

/// Numbers packed to the width that the widest of a list needs.
///
/// Embeddings of float32 take 34 to 35 bits an element against 96 as text, and print in 7 ns an
/// element. As float32 bits they would take 32, and longer to find the shortest text that reads
/// back as the same number.
enum PackedList {
    /// The bytes that must be readable after an entry.
    static let readSlack = 16
    /// The bytes that must be free after a list's text.
    static let slack = ScaledNumber.slack

    private static let ownBase: UInt8 = 128
}

// MARK: - Writing

/// Packs lists of numbers; keeps its memory from one to the next.
struct ListPacker {
    private var mantissas: [Int64] = []
    private var scales: [UInt8] = []

    /// Appends the entry of a list, given as its encoded elements, in a field of that base, with or
    /// without numbers that are not integers.
    ///
    /// - Returns: false when an element is no number, or none that fits; nothing was appended.
    mutating func append(
        _ elements: Span<UInt8>, base: Int64, hasScales: Bool, to output: inout [UInt8]
    ) -> Bool {
        guard read(elements) else { return false }
        guard let first = mantissas.first else { return true }
        var (least, most) = (first, first)
        for mantissa in mantissas {
            least = min(least, mantissa)
            most = max(most, mantissa)
        }
        let (scaleByte, scaleWidth) = scaleForm
        guard hasScales || scaleByte == 0 else { return false }
        let own = Self.width(from: least, to: most)
        let common = least >= base ? Self.width(from: base, to: most) : 65
        let ownSize = (mantissas.count * own + 7) / 8 + Self.varintSize(least.zigZag)
        let hasOwnBase = common > 64 || ownSize < (mantissas.count * common + 7) / 8
        let width = hasOwnBase ? own : common
        output.append(varint: UInt64(mantissas.count))
        output.append(UInt8(width) | (hasOwnBase ? 128 : 0))
        if hasScales { output.append(scaleByte) }
        if hasOwnBase { output.append(varint: least.zigZag) }
        pack(
            base: hasOwnBase ? least : base, width: width, leastScale: scaleByte & 31,
            scaleWidth: scaleWidth, to: &output)
        return true
    }

    /// The least scale and the width of scales as one byte; the least is lowered where the largest
    /// scale that the width can express would else be above the limit.
    private var scaleForm: (byte: UInt8, width: Int) {
        let (least, most) = (scales.min() ?? 0, scales.max() ?? 0)
        let width = 8 - (most - least).leadingZeroBitCount
        let room = UInt8(1 << width) - 1
        return (min(least, 31 - room) | UInt8(width) << 5, width)
    }

    private mutating func read(_ elements: Span<UInt8>) -> Bool {
        mantissas.removeAll(keepingCapacity: true)
        scales.removeAll(keepingCapacity: true)
        var position = 0
        while position < elements.count {
            guard let value = EncodedValueView(in: elements, at: &position) else { return false }
            switch value.tag {
            case .int64, .decimal:
                let (mantissa, scale) = value.scaled(in: elements)
                guard scale < ScaledNumber.scaleLimit else { return false }
                mantissas.append(mantissa)
                scales.append(UInt8(scale))
            case .number:
                guard let number = Self.parse(elements.extracting(value.payload)) else {
                    return false
                }
                mantissas.append(number.mantissa)
                scales.append(number.scale)
            default: return false
            }
        }
        return true
    }

    /// Reads a canonical JSON number that is below 1 in magnitude or has decimals; nil where it has
    /// no mantissa of 64 bits at a scale up to 31, or is too large for plain notation.
    static func parse(_ text: Span<UInt8>) -> (mantissa: Int64, scale: UInt8)? {
        var position = 0
        var mantissa: Int64 = 0
        var scale = 0
        var hasPoint = false
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        if isNegative { position = 1 }
        while position < text.count, text[position] != UInt8(ascii: "e") {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: ".") {
                hasPoint = true
                continue
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            mantissa = sum
            if hasPoint { scale += 1 }
        }
        if position < text.count {
            // Only exponents below zero: at 10^21 and above there are no decimals to keep apart.
            position += 1
            guard position < text.count, text[position] == UInt8(ascii: "-") else { return nil }
            var exponent = 0
            for index in (position + 1)..<max(position + 1, text.count) {
                guard exponent < 100 else { return nil }
                exponent = exponent * 10 + Int(text[index]) - Int(UInt8(ascii: "0"))
            }
            scale += exponent
        }
        guard scale > 0, scale < ScaledNumber.scaleLimit, mantissa % 10 != 0 else { return nil }
        return (isNegative ? -mantissa : mantissa, UInt8(scale))
    }

    private func pack(
        base: Int64, width: Int, leastScale: UInt8, scaleWidth: Int, to output: inout [UInt8]
    ) {
        var bits = BitOutput()
        for (mantissa, scale) in zip(mantissas, scales) {
            bits.append(UInt64(scale - leastScale), width: scaleWidth, to: &output)
            let offset = UInt64(bitPattern: mantissa) &- UInt64(bitPattern: base)
            bits.append(offset, width: width, to: &output)
        }
        bits.finish(to: &output)
    }

    /// The bits of the largest distance, 1 at least: so the entry's size bounds the count.
    private static func width(from base: Int64, to most: Int64) -> Int {
        let span = UInt64(bitPattern: most) &- UInt64(bitPattern: base)
        return max(1, 64 - span.leadingZeroBitCount)
    }

    private static func varintSize(_ value: UInt64) -> Int {
        max(1, (70 - value.leadingZeroBitCount) / 7)
    }
}

// MARK: - Reading

/// One packed list, its header read and its size checked: every element lies inside the entry.
@safe struct PackedListView {
    let count: Int
    let elements: UnsafePointer<UInt8>
    let width: Int
    let scaleWidth: Int
    let leastScale: Int
    let base: UInt64

    /// Reads the header of an entry of `size` bytes; nil when the entry is none.
    ///
    /// After the entry, ``PackedList/readSlack`` bytes more are readable.
    @unsafe @inline(__always)
    init?(_ entry: UnsafePointer<UInt8>, size: Int, base fieldBase: Int64, hasScales: Bool) {
        // Unsafe: the span is the entry, and is used only here.
        let bytes = unsafe Span(_unsafeStart: entry, count: size)
        var position = 0
        guard let stored = bytes.varint(at: &position) else { return nil }
        guard position + (hasScales ? 2 : 1) <= size else { return nil }
        let form = bytes[position]
        width = Int(form & 127)
        position += 1
        let scales = hasScales ? bytes[position] : 0
        if hasScales { position += 1 }
        (leastScale, scaleWidth) = (Int(scales & 31), Int(scales >> 5))
        guard width >= 1, width <= 64, scaleWidth <= 5,
            leastScale + 1 << scaleWidth <= ScaledNumber.scaleLimit
        else { return nil }
        if form & 128 != 0 {
            guard let own = bytes.varint(at: &position) else { return nil }
            base = UInt64(bitPattern: Int64(zigZag: own))
        } else {
            base = UInt64(bitPattern: fieldBase)
        }
        // An element has a bit at least: a count above 8 × size cannot be true, and the product
        // of those that can does not overflow.
        guard stored > 0, stored <= UInt64(8 * size) else { return nil }
        count = Int(stored)
        guard (count * (width + scaleWidth) + 7) / 8 == size - position else { return nil }
        unsafe elements = entry + position
    }

    /// No text of the list is larger.
    var largestText: Int { count &* (ScaledNumber.largestText &+ 1) &+ 2 }

    /// Writes the list as JSON and returns the end; `output` has room for ``largestText`` and
    /// ``PackedList/slack`` bytes.
    @unsafe @inline(__always)
    func write(to output: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        // Unsafe, here and below: there is room, by the contract, and all elements lie inside the
        // entry. Up to 57 bits of any place are in the 8 bytes that begin with its first.
        width &+ scaleWidth <= 57
            ? unsafe write(to: output, isNarrow: true) : unsafe write(to: output, isNarrow: false)
    }

    @unsafe @inline(__always)
    private func write(
        to output: UnsafeMutablePointer<UInt8>, isNarrow: Bool
    ) -> UnsafeMutablePointer<UInt8> {
        var end = unsafe output
        unsafe end.pointee = UInt8(ascii: "[")
        unsafe end += 1
        let step = width &+ scaleWidth
        let scaleMask = (UInt64(1) &<< UInt64(scaleWidth)) &- 1
        let mask = UInt64.max &>> UInt64(64 &- width)
        var bit = 0
        for _ in 0..<count {
            let first = unsafe isNarrow ? narrowBits(at: bit) : bits(at: bit)
            let second =
                unsafe isNarrow ? first &>> UInt64(scaleWidth) : bits(at: bit &+ scaleWidth)
            let scale = leastScale &+ Int(truncatingIfNeeded: first & scaleMask)
            let offset = second & mask
            let mantissa = Int64(bitPattern: base &+ offset)
            unsafe end = ScaledNumber.write(mantissa, scale: scale, to: end)
            unsafe end.pointee = UInt8(ascii: ",")
            unsafe end += 1
            bit &+= step
        }
        unsafe (end - 1).pointee = UInt8(ascii: "]")
        return unsafe end
    }

    /// At least 57 bits from that bit on; those after the element have any value.
    @unsafe @inline(__always)
    private func narrowBits(at bit: Int) -> UInt64 {
        let address = unsafe UnsafeRawPointer(elements + bit &>> 3)
        let shift = UInt64(truncatingIfNeeded: bit & 7)
        return unsafe address.loadUnaligned(as: UInt64.self).littleEndian &>> shift
    }

    /// 64 bits from that bit on; those after the entry have any value.
    @unsafe @inline(__always)
    func bits(at bit: Int) -> UInt64 {
        let address = unsafe UnsafeRawPointer(elements + bit &>> 3)
        let shift = UInt64(truncatingIfNeeded: bit & 7)
        let low = unsafe address.loadUnaligned(as: UInt64.self).littleEndian
        let high = UInt64(unsafe address.load(fromByteOffset: 8, as: UInt8.self))
        return low &>> shift | (high &<< 1) &<< (63 &- shift)
    }
}
