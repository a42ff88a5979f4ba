/// The elements of one JSON array, one after another.
struct JSONArrayScanner: ~Escapable {
    private var scanner: JSONScanner
    private var isFirst = true

    /// The elements of the array that is all of the text.
    @_lifetime(copy array)
    init(_ array: Span<UInt8>) {
        scanner = JSONScanner(array, at: 1, isLast: true)
    }

    /// The array's text, in which the elements lie.
    var bytes: Span<UInt8> {
        @_lifetime(copy self)
        get { scanner.bytes }
    }

    /// The next element; nil after the last one.
    mutating func next() throws(JSONScanner.Stop) -> RawValue? {
        try scanner.skipSpace()
        if isFirst, try scanner.peek() == UInt8(ascii: "]") { return nil }
        if !isFirst {
            if try scanner.peek() == UInt8(ascii: "]") { return nil }
            try scanner.pass(UInt8(ascii: ","), "',' or ']'")
            try scanner.skipSpace()
        }
        isFirst = false
        return try scanner.value()
    }
}
