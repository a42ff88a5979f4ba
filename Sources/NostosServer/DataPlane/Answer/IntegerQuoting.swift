import Nostos

/// JSON integers as strings, for callers whose numbers have 53 bits (`int64=string`).
enum IntegerQuoting {
    /// Appends a record's object with the integers of the marked members in quotes, also within
    /// lists.
    ///
    /// `object` is a table's output: JSON without white space, one member for each mark.
    static func append(_ object: Span<UInt8>, marks: [Bool], to output: inout [UInt8]) {
        var depth = 0
        var member = 0
        var start = 0
        var position = 0
        while position < object.count {
            switch object[position] {
            case UInt8(ascii: "\""):
                position = endOfString(object, position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 1: member += 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let number = position..<endOfNumber(object, position)
                position = number.upperBound
                guard depth <= 2, marks[member], isInteger(object, number) else { continue }
                output.append(object.extracting(start..<number.lowerBound))
                output.append(UInt8(ascii: "\""))
                output.append(object.extracting(number))
                output.append(UInt8(ascii: "\""))
                start = number.upperBound
                continue
            default: break
            }
            position += 1
        }
        output.append(object.extracting(start...))
    }

    private static func endOfString(_ text: Span<UInt8>, _ start: Int) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, text.count)
    }

    private static func endOfNumber(_ text: Span<UInt8>, _ start: Int) -> Int {
        var position = start
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: return position
            }
        }
        return position
    }

    private static func isInteger(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range.dropFirst() where !(0x30...0x39).contains(text[index]) { return false }
        return true
    }
}
