import Glibc

/// Cuts the asked fields out of a whole JSON object; every rival uses it.
///
/// The object is compact, as the generator wrote it: no white space between tokens. Members are
/// read in order, and reading stops with the last that was asked for.
struct FieldCutter {
    /// The asked fields in the order asked: `"name":` with quotes and colon.
    private let labels: [[UInt8]]
    private let takesAll: Bool
    private var found: [Range<Int>]

    init(_ set: DataSet, _ asked: Asked) {
        labels = set.names(asked).map { Array("\"\($0)\":".utf8) }
        takesAll = asked == .all
        found = Array(repeating: 0..<0, count: labels.count)
    }

    static func cutters(_ set: DataSet) -> [FieldCutter] {
        Asked.allCases.map { FieldCutter(set, $0) }
    }

    /// Appends the object of the asked fields; each must be in `text`.
    ///
    /// Unsafe: indices below are within `text`, which ends with a brace outside of strings, so that
    /// each loop finds its end; the texts are the generator's own.
    @inline(__always)
    mutating func append(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) throws {
        if takesAll {
            output.append(contentsOf: text)
            return
        }
        guard let base = text.baseAddress, find(in: Bytes(base: base, count: text.count)) else {
            throw Failure("a field is missing in a rival's text")
        }
        for index in labels.indices {
            output.append(index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[found[index]]))
        }
        output.append(UInt8(ascii: "}"))
    }

    @inline(__always)
    private mutating func find(in text: Bytes) -> Bool {
        var position = 1
        var missing = labels.count
        while position < text.count - 1 {
            let start = position
            let asked = label(at: text.base + position, limit: text.count - position)
            if let asked {
                position += labels[asked].count
            } else {
                position = text.end(ofString: position) + 1
            }
            position = text.end(ofValue: position)
            if let asked {
                found[asked] = start..<position
                missing -= 1
                if missing == 0 { return true }
            }
            // Behind the comma.
            position += 1
        }
        return false
    }

    @inline(__always)
    private func label(at bytes: UnsafeRawPointer, limit: Int) -> Int? {
        for index in labels.indices {
            let size = labels[index].count
            guard size <= limit else { continue }
            let isEqual = labels[index].withUnsafeBytes { label in
                label.baseAddress.map { memcmp($0, bytes, size) == 0 } ?? false
            }
            if isEqual { return index }
        }
        return nil
    }
}

/// A JSON text, and where its strings and values end.
private struct Bytes {
    let base: UnsafeRawPointer
    let count: Int

    /// Behind the closing quote of the string that begins at `start`.
    @inline(__always)
    func end(ofString start: Int) -> Int {
        var position = start + 1
        while let quote = memchr(base + position, Int32(UInt8(ascii: "\"")), count - position) {
            let end: Int = UnsafeRawPointer(quote) - base
            var slash = end
            while slash > position, self[slash - 1] == UInt8(ascii: "\\") { slash -= 1 }
            position = end + 1
            // A quote behind an odd number of backslashes is escaped.
            if (end - slash) & 1 == 0 { return position }
        }
        return count
    }

    /// Behind the value that begins at `start`.
    @inline(__always)
    func end(ofValue start: Int) -> Int {
        var position = start
        switch self[start] {
        case UInt8(ascii: "\""): return end(ofString: start)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            var depth = 0
            repeat {
                switch self[position] {
                case UInt8(ascii: "\""):
                    position = end(ofString: position)
                    continue
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
                position += 1
            } while depth > 0
        default:
            while self[position] != UInt8(ascii: ","), self[position] != UInt8(ascii: "}") {
                position += 1
            }
        }
        return position
    }

    @inline(__always)
    private subscript(offset: Int) -> UInt8 {
        base.load(fromByteOffset: offset, as: UInt8.self)
    }
}
