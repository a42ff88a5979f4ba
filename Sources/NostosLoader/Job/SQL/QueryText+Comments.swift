extension QueryText {
    /// Finds the first `--` comment that goes on over the end of a line of the file from which the
    /// text was read, as happens where that file's format folds lines.
    ///
    /// A comment that swallows only lines which are comments themselves does no harm.
    ///
    /// - Parameter line: the line in the file of the scalar at that offset.
    /// - Returns: where the comment begins, in Unicode scalars; nil where there is none.
    func commentThatSwallows(lineOf line: (Int) -> Int) -> Int? {
        var scalars = ScalarCount()
        var offset = 0
        while offset < bytes.count {
            let end = tokenEnd(at: offset)
            if isLineComment(at: offset) {
                let start = scalars.count(upTo: offset, in: bytes)
                if swallows(offset..<end, from: start, line) { return start }
            }
            offset = end
        }
        return nil
    }

    private func isLineComment(at offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "-")
            && bytes[offset + 1] == UInt8(ascii: "-")
    }

    /// Whether a comment, which begins with that scalar, has SQL of a later line in it.
    private func swallows(
        _ comment: Range<Int>, from start: Int, _ line: (Int) -> Int
    ) -> Bool {
        var scalars = ScalarCount(bytes: comment.lowerBound, scalars: start)
        var current = line(start)
        for offset in comment where !Self.isBlank(bytes[offset]) {
            let next = line(scalars.count(upTo: offset, in: bytes))
            guard next != current else { continue }
            if !isLineComment(at: offset) { return true }
            current = next
        }
        return false
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) || byte & 0xC0 == 0x80
    }

    /// Counts Unicode scalars from one place of UTF-8 to later ones.
    private struct ScalarCount {
        private var bytes = 0
        private var scalars = 0

        init(bytes: Int = 0, scalars: Int = 0) { (self.bytes, self.scalars) = (bytes, scalars) }

        /// The scalars before that byte, which begins one and is not before the last one asked for.
        mutating func count(upTo offset: Int, in text: [UInt8]) -> Int {
            while bytes < offset {
                if text[bytes] & 0xC0 != 0x80 { scalars += 1 }
                bytes += 1
            }
            return scalars
        }
    }
}
