// Entries that are neither JSON text as it is nor a code.
extension ValueWalk {
    /// Visits a list of varint codes of the vocabulary.
    mutating func visitList<Visitor: ValueVisitor>(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int,
        _ field: ValueColumn, _ visitor: inout Visitor, _ scratch: inout [UInt8]
    ) throws(Damage) {
        visitor.beginList()
        var position = unsafe start
        let end = unsafe start + size
        while unsafe position < end {
            let code = unsafe RowWalk.listCode(&position)
            guard unsafe code < step.pointee.wordCount else {
                throw unsafe walk.unknownWord(code, step)
            }
            let word = unsafe RowWalk.word(code, step)
            try count(word.count + 1)
            // Unsafe: the word lies in the mapping.
            TypedText.visit(
                element: unsafe Span(_unsafeElements: word), as: field.type, with: &visitor,
                &scratch)
        }
        guard unsafe position == end else { throw walk.damage("a list's code is cut off") }
        visitor.endList()
    }

    /// Visits a list of packed numbers.
    mutating func visitPackedList<Visitor: ValueVisitor>(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int,
        _ visitor: inout Visitor
    ) throws(Damage) {
        visitor.beginList()
        if size > 0 {
            // Unsafe: a row can be read for the slack behind its end.
            guard
                let list = unsafe PackedListView(
                    start, size: size, base: step.pointee.base, hasScales: step.pointee.hasScales)
            else { throw walk.damage("a packed list that is none") }
            try count(list.largestText)
            for index in 0..<list.count {
                let (mantissa, scale) = list.element(index)
                if scale == 0 {
                    visitor.visit(int64: mantissa)
                } else {
                    visitor.visit(mantissa: mantissa, scale: scale)
                }
            }
        }
        visitor.endList()
    }

    /// Puts the text of a packed entry into `text`.
    mutating func unpack(
        _ step: UnsafePointer<DecodeStep>, _ code: UInt64, _ start: UnsafePointer<UInt8>,
        _ size: Int, into text: inout [UInt8]
    ) throws(Damage) {
        let width = unsafe step.pointee.scale
        let textSize = PackedText.textSize(ofEntry: size, width: width)
        try count(textSize + 2)
        text.removeAll(keepingCapacity: true)
        text.append(addingCapacity: textSize + PackedText.slack) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                guard let output = buffer.baseAddress else { return }
                // Unsafe: there is room for the text and its slack; a row can be read for more than
                // the slack behind its end.
                _ = unsafe PackedText.write(
                    start, size: size, width: width, alphabet: step.pointee.words, to: output)
                count = textSize
            }
        }
        if code == FieldLayout.spareCode {
            guard textSize > 0 else {
                throw walk.damage("a packed text without the code to leave out")
            }
            text.removeLast()
        }
    }

    /// Puts the text of a compressed entry into `text`.
    mutating func decompress(
        _ step: UnsafePointer<DecodeStep>, _ entry: Span<UInt8>, into text: inout [UInt8]
    ) throws(Damage) {
        var position = 0
        guard let stored = entry.varint(at: &position), stored <= UInt64(ZstdBlock.maxTextSize),
            let dictionary = unsafe step.pointee.dictionary
        else { throw walk.damage("a compressed text that is none") }
        let textSize = Int(stored)
        try count(textSize + 2)
        text.removeAll(keepingCapacity: true)
        var isWhole = false
        text.append(addingCapacity: textSize) { span in
            unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                guard let output = buffer.baseAddress else { return }
                unsafe entry.extracting(position...).withUnsafeBufferPointer { block in
                    guard let start = block.baseAddress else { return }
                    // Unsafe: there is room for the text.
                    isWhole = unsafe TextDecompressor.decompress(
                        start, size: block.count, to: output, textSize: textSize,
                        dictionary: dictionary)
                }
                count = isWhole ? textSize : 0
            }
        }
        guard isWhole else { throw walk.damage("a compressed text that cannot be decompressed") }
    }
}
