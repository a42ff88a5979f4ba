import Nostos

/// A text that holds a list: its elements with a separator between them.
enum SplitText {
    /// Appends the encoded elements; none of an empty text.
    ///
    /// An empty element is an empty string, or NULL in a list of another type; one of `nulls` is
    /// NULL.
    static func append(
        _ text: Span<UInt8>, _ type: ValueType, separator: [UInt8], nulls: [[UInt8]],
        to output: inout [UInt8]
    ) throws(Misfit) {
        guard text.count > 0 else { return }
        var start = 0
        while true {
            let end = find(separator, in: text, from: start)
            let element = text.extracting(start..<(end ?? text.count))
            if nulls.contains(where: { $0.span.elementsEqual(element) }) {
                EncodedValue.appendNull(to: &output)
            } else {
                try TextValue.append(element, type, .stated, to: &output)
            }
            guard let end else { return }
            start = end + separator.count
        }
    }

    /// The offset of the next separator.
    private static func find(_ separator: [UInt8], in text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index + separator.count <= text.count {
            if separator.span.elementsEqual(text.extracting(index..<index + separator.count)) {
                return index
            }
            index += 1
        }
        return nil
    }
}
