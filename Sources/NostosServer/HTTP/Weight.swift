/// The weight of an item such as `text/html;level=1;q=0.5` (RFC 9110 §12.4.2).
enum Weight {
    /// The item without its parameters, and its weight in thousandths; an unreadable weight counts
    /// as 1.
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

    /// The weight `0.25` as 250; an invalid one counts as 1.
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
