// Words of vocabularies, alone and in lists.
extension RowWalk {
    /// The word of a code below the count.
    @inline(__always)
    static func word(
        _ code: UInt64, _ step: UnsafePointer<DecodeStep>
    ) -> UnsafeBufferPointer<UInt8> {
        // Unsafe: `wordCount` + 1 ends lie there. They were ascending and inside when `validate`
        // looked; their page may be lost since, so that the word is empty where they are not.
        let ends = unsafe UnsafeRawPointer(step.pointee.ends).loadUnaligned(
            fromByteOffset: Int(truncatingIfNeeded: code &<< 2), as: UInt64.self
        ).littleEndian
        let (start, end) = (ends & 0xFFFF_FFFF, ends &>> 32)
        let size = end &- start
        let isInside =
            unsafe size <= UInt64(truncatingIfNeeded: step.pointee.largestWord)
            && end <= UInt64(truncatingIfNeeded: step.pointee.wordsSize)
        return unsafe UnsafeBufferPointer(
            start: step.pointee.words + (isInside ? Int(truncatingIfNeeded: start) : 0),
            count: isInside ? Int(truncatingIfNeeded: size) : 0)
    }

    @inline(__always)
    static func appendWord(
        _ code: UInt64, _ step: UnsafePointer<DecodeStep>, to output: inout RawOutput
    ) {
        let word = unsafe word(code, step)
        guard let start = word.baseAddress else { return }
        unsafe output.append(start, count: word.count)
    }

    /// Appends the words of a list of varint codes.
    @inline(__always)
    mutating func appendList(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        let most = unsafe size &* (step.pointee.largestWord &+ 1) &+ 2
        guard most <= budget else { return unsafe try appendLongList(step, start, size) }
        budget -= most
        var local = output
        defer { output = local }
        local.append(UInt8(ascii: "["))
        guard size > 0 else {
            local.append(UInt8(ascii: "]"))
            return 0
        }
        var position = unsafe start
        let end = unsafe start + size
        let wordCount = unsafe step.pointee.wordCount
        while unsafe position < end {
            let code = unsafe Self.listCode(&position)
            guard code < wordCount else {
                throw damage("code \(code), of a vocabulary of \(wordCount)")
            }
            unsafe Self.appendWord(code, step, to: &local)
            local.append(UInt8(ascii: ","))
        }
        guard unsafe position == end else { throw damage("a list's code is cut off") }
        local.replaceLast(with: UInt8(ascii: "]"))
        return 0
    }

    /// The same where there may be no room for the largest text that the list might have.
    @inline(never)
    private mutating func appendLongList(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        let exact = unsafe try listSize(step, start, size)
        guard exact <= budget else { return exact - budget }
        output.append(UInt8(ascii: "["))
        var position = unsafe start
        var left = exact - 1
        while unsafe position < start + size {
            let code = unsafe Self.listCode(&position)
            guard unsafe code < step.pointee.wordCount else {
                throw unsafe unknownWord(code, step)
            }
            let word = unsafe Self.word(code, step)
            // Not so where a page was lost between the two readings.
            guard word.count < left else { throw damage("a list that has grown") }
            if let text = word.baseAddress { unsafe output.append(text, count: word.count) }
            output.append(UInt8(ascii: ","))
            left -= word.count + 1
        }
        guard unsafe position == start + size else { throw damage("a list's code is cut off") }
        output.replaceLast(with: UInt8(ascii: "]"))
        budget -= exact
        return 0
    }

    /// The size of the list's text, where the largest that it might have is too large.
    @inline(never)
    private func listSize(
        _ step: UnsafePointer<DecodeStep>, _ start: UnsafePointer<UInt8>, _ size: Int
    ) throws(Damage) -> Int {
        var position = unsafe start
        var sum = 2
        while unsafe position < start + size {
            let code = unsafe Self.listCode(&position)
            guard unsafe code < step.pointee.wordCount else {
                throw unsafe unknownWord(code, step)
            }
            sum += unsafe Self.word(code, step).count + 1
        }
        return sum
    }

    /// The damage of a list with a code that stands for no word.
    @inline(never)
    func unknownWord(_ code: UInt64, _ step: UnsafePointer<DecodeStep>) -> Damage {
        damage("code \(code), of a vocabulary of \(unsafe step.pointee.wordCount)")
    }

    /// The varint of up to 3 bytes at `position`, or a number above the size of any vocabulary.
    ///
    /// One and two bytes are distinguished without a branch, because no branch could be predicted.
    @inline(__always)
    static func listCode(_ position: inout UnsafePointer<UInt8>) -> UInt64 {
        // Unsafe: 4 bytes can be read from any byte of the row on.
        let bytes = UInt64(
            unsafe UnsafeRawPointer(position).loadUnaligned(as: UInt32.self).littleEndian)
        let isLong = bytes &>> 7 & 1
        let code = (bytes & 0x7F) | (bytes &>> 1 & 0x3F80 & (0 &- isLong))
        unsafe position += Int(truncatingIfNeeded: 1 &+ isLong)
        guard bytes & 0x8080 == 0x8080 else { return code }
        unsafe position += 1
        return bytes & 0x80_0000 == 0 ? code | (bytes &>> 2 & 0x1F_C000) : .max
    }
}
