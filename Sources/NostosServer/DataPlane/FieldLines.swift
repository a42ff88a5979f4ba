/// The header lines of a request, looked through once more for what few requests have.
struct FieldLines: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0

    /// The lines of a request whose ranges are of `bytes`.
    @_lifetime(copy bytes)
    init(_ request: Request, in bytes: Span<UInt8>) {
        self.bytes = bytes.extracting(request.fields)
    }

    /// Where the next value of the field with this lower-case name lies, or nil when there is none
    /// left; the range is of the lines given by ``text(_:)``.
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
    /// It ends where `body` returns false. Items are trimmed; a comma in quotes separates too.
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

/// The weight of an item such as `text/html;level=1;q=0.5` (RFC 9110 §12.4.2).
enum Weight {
    /// The item without its parameters, and its weight in thousandths; one that cannot be read is
    /// 1.
    static func split(_ item: Span<UInt8>) -> (name: Range<Int>, weight: Int) {
        let whole = 0..<item.count
        let name = item.trimmed(0..<item.end(at: UInt8(ascii: ";"), in: whole))
        var start = min(item.end(at: UInt8(ascii: ";"), in: whole) + 1, item.count)
        while start < item.count {
            let end = item.end(at: UInt8(ascii: ";"), in: start..<item.count)
            let part = item.trimmed(start..<end)
            if part.count > 2, item[part.lowerBound] | 0x20 == UInt8(ascii: "q"),
                item[part.lowerBound + 1] == UInt8(ascii: "=")
            {
                return (name, thousandths(item, part.dropFirst(2)))
            }
            start = end + 1
        }
        return (name, 1000)
    }

    /// `0.25` as 250; what is no weight counts as 1.
    private static func thousandths(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var value = 0
        var places = -1
        for index in range {
            let byte = text[index]
            if byte == UInt8(ascii: "."), places < 0 {
                places = 0
            } else {
                let digit = Int(byte) - 0x30
                guard (0...9).contains(digit), places < 3 else { return 1000 }
                value = min(value * 10 + digit, 1_000_000)
                if places >= 0 { places += 1 }
            }
        }
        for _ in max(0, places)..<3 { value *= 10 }
        return min(value, 1000)
    }
}
