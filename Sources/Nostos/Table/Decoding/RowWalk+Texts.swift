// Entries that are neither text nor codes: packed lists, packed texts, compressed texts.
//
// Each gives how much room was missing, 0 when it is done. None is inlined: the walk stays small
// for the entries that most rows have.
extension RowWalk {
    @inline(never)
    mutating func appendPackedList(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        guard size > 0 else {
            budget -= 2
            guard budget >= 0 else { return -budget }
            output.append(UInt8(ascii: "["))
            output.append(UInt8(ascii: "]"))
            return 0
        }
        // Unsafe: a row can be read for the slack behind its end.
        guard
            let list = unsafe PackedListView(
                start, size: size, base: step.pointee.base, hasScales: step.pointee.hasScales)
        else { throw damage("a packed list that is none") }
        let most = list.largestText + PackedList.slack
        guard budget >= most else { return most - budget }
        let end = unsafe list.write(to: output.end)
        unsafe budget -= end - output.end
        unsafe output.moveEnd(to: end)
        return 0
    }

    @inline(never)
    mutating func appendPackedText(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ start: UnsafePointer<UInt8>,
        _ size: Int
    ) throws(Damage) -> Int {
        let width = unsafe step.pointee.scale
        let textSize = PackedText.textSize(ofEntry: size, width: width)
        budget -= textSize + 2
        guard budget >= 0 else { return -budget }
        let isQuoted = unsafe step.pointee.isQuoted
        if isQuoted { output.append(UInt8(ascii: "\"")) }
        // Unsafe: there is room for the text, and its slack is less than that of the output; a row
        // can be read for more than the slack behind its end.
        var end = unsafe PackedText.write(
            start, size: size, width: width, alphabet: step.pointee.words, to: output.end)
        if code == FieldLayout.spareCode {
            guard textSize > 0 else { throw damage("a packed text without the code to leave out") }
            unsafe end -= 1
        }
        unsafe output.moveEnd(to: end)
        if isQuoted { output.append(UInt8(ascii: "\"")) }
        return 0
    }

    @inline(never)
    mutating func appendCompressed(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        // Unsafe: the span is the entry.
        let entry = unsafe Span(_unsafeStart: start, count: size)
        var position = 0
        guard let stored = entry.varint(at: &position), stored <= UInt64(ZstdBlock.maxTextSize),
            let dictionary = unsafe step.pointee.dictionary
        else { throw damage("a compressed text that is none") }
        let textSize = Int(stored)
        budget -= textSize + 2
        guard budget >= 0 else { return -budget }
        let isQuoted = unsafe step.pointee.isQuoted
        if isQuoted { output.append(UInt8(ascii: "\"")) }
        // Unsafe: there is room for the text.
        let text = unsafe output.end
        guard
            unsafe TextDecompressor.decompress(
                start + position, size: size - position, to: text, textSize: textSize,
                dictionary: dictionary)
        else { throw damage("a compressed text that cannot be decompressed") }
        unsafe output.moveEnd(to: text + textSize)
        if isQuoted { output.append(UInt8(ascii: "\"")) }
        return 0
    }
}
