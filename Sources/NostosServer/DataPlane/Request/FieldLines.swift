/// A second pass over a request's header lines, for fields that few requests have.
struct FieldLines: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0

    /// The lines of a request whose ranges are of `bytes`.
    @_lifetime(copy bytes)
    init(_ request: Request, in bytes: Span<UInt8>) {
        self.bytes = bytes.extracting(request.fields)
    }

    /// The range of the next value of the field with this lower-case name, or nil when there is
    /// none left; the range is of the lines returned by ``text(_:)``.
    mutating func next(_ name: StaticString) -> Range<Int>? {
        while position < bytes.count {
            let line = position..<bytes.end(at: UInt8(ascii: "\r"), in: position..<bytes.count)
            position = line.upperBound + 2
            let end = bytes.end(at: UInt8(ascii: ":"), in: line)
            guard end < line.upperBound, bytes.equals(lowercase: name, in: line.lowerBound..<end)
            else { continue }
            return bytes.trimmed(end + 1..<line.upperBound)
        }
        return nil
    }

    /// The bytes of a value.
    @_lifetime(copy self)
    func text(_ range: Range<Int>) -> Span<UInt8> { bytes.extracting(range) }
}

extension FieldLines {
    /// Calls `body` with each item of the field's lists (RFC 9110 §5.6.1), over all its lines.
    ///
    /// It stops when `body` returns false. Items are trimmed; a comma in quotes separates too.
    mutating func forEachItem(_ name: StaticString, _ body: (Span<UInt8>) -> Bool) {
        while let value = next(name) {
            var start = value.lowerBound
            while start < value.upperBound {
                let end = bytes.end(at: UInt8(ascii: ","), in: start..<value.upperBound)
                let item = bytes.trimmed(start..<end)
                if !item.isEmpty, !body(bytes.extracting(item)) { return }
                start = end + 1
            }
        }
    }
}
