import Nostos

/// A cached route: the job, version and fields that similar requests resolve to, found once for a
/// snapshot.
///
/// It serves only keys that are one integer, fields that the version has, and answers of 200. All
/// other requests take the slow path.
final class KnownRecord {
    /// The number of records that are kept, by the likeness of their requests.
    static let maxCount = KnownHeads.maxCount
    /// Digits of an int64, its sign aside.
    private static let largestKeySize = 19
    /// Digits of the size of a content, at most.
    private static let largestLengthSize = 4

    let likeness: Int
    let job: ServedJob
    let version: ServedVersion
    private let choice: FieldChoice
    private let caching: AnswerHead.Caching
    /// Beginnings of answers of the second `seconds`, by the digits of key and length.
    // Unchecked: each access is one reading or one writing.
    @exclusivity(unchecked) private var uncheckedOpenings: [RecordOpening?] = []
    private var openings: [RecordOpening?] {
        @inline(__always) get { unsafe uncheckedOpenings }
        @inline(__always) _modify { yield unsafe &uncheckedOpenings }
    }
    private var seconds = Int64.min
    /// Digits of the last answer's length: most likely as many as the next one has.
    private var lengthSize = 3

    init(
        likeness: Int, job: ServedJob, version: ServedVersion, choice: FieldChoice,
        caching: AnswerHead.Caching
    ) {
        (self.likeness, self.job, self.version) = (likeness, job, version)
        (self.choice, self.caching) = (choice, caching)
    }

    /// Appends the whole answer for the key that the path's segment is.
    ///
    /// - Returns: false if the answer is not 200 or the key is not an integer; nothing was
    ///   appended.
    @inline(__always)
    func answer(_ segment: Span<UInt8>, _ time: AnswerTime, to output: inout [UInt8]) -> Bool {
        guard segment.count <= Self.largestKeySize,
            case .success(let number) = DecimalInteger.parse(segment)
        else { return false }
        let start = output.count
        let opening = opening(keySize: segment.count, time)
        output.append(contentsOf: opening.bytes)
        guard append(number, to: &output) else {
            output.removeLast(output.count - start)
            return false
        }
        output.append(UInt8(ascii: "}"))
        let size = output.count - start - opening.contentAt
        let length = start + opening.lengthAt
        output.replace(at: start + opening.keyAt, with: segment)
        if size < Self.limits[lengthSize], size >= Self.limits[lengthSize - 1] {
            output.replaceDigits(of: size, before: length + lengthSize)
        } else {
            resize(length, size, &output)
        }
        return true
    }

    private static let limits: InlineArray<5, Int> = [1, 10, 100, 1000, 10_000]

    /// Appends the values; false if the key is missing or they cannot be read.
    @inline(__always)
    private func append(_ number: Int64, to output: inout [UInt8]) -> Bool {
        do throws(TableError) {
            return try version.table.get(number, choice.selection, into: &output)
        } catch {
            // The slow path finds the error again and reports it.
            return false
        }
    }

    /// Puts the size of the content where another number of digits was expected.
    @inline(never)
    private func resize(_ length: Int, _ size: Int, _ output: inout [UInt8]) {
        var digits: [UInt8] = []
        JSONText.append(int64: Int64(size), to: &digits)
        output.replaceSubrange(length..<length + lengthSize, with: digits)
        lengthSize = min(digits.count, Self.largestLengthSize)
    }

    /// The beginning of an answer, up to the values.
    @inline(__always)
    private func opening(keySize: Int, _ time: AnswerTime) -> RecordOpening {
        let place = keySize * Self.largestLengthSize + lengthSize - 1
        if seconds == time.seconds, let known = openings[place] { return known }
        return makeOpening(keySize, place, time)
    }

    @inline(never)
    private func makeOpening(_ keySize: Int, _ place: Int, _ time: AnswerTime) -> RecordOpening {
        if seconds != time.seconds {
            seconds = time.seconds
            let count = (Self.largestKeySize + 1) * Self.largestLengthSize
            openings = [RecordOpening?](repeating: nil, count: count)
        }
        var head = AnswerHead()
        (head.version, head.tag, head.caching) = (version, .record, caching)
        var opening = RecordOpening()
        head.appendUsual(time, to: &opening.bytes)
        opening.lengthAt = opening.bytes.count
        opening.bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: lengthSize))
        opening.bytes.append(ascii: "\r\n\r\n")
        opening.contentAt = opening.bytes.count
        opening.bytes.append(ascii: "{\"key\":")
        opening.keyAt = opening.bytes.count
        opening.bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: keySize))
        opening.bytes.append(contentsOf: version.memberBeforeValues)
        openings[place] = opening
        return opening
    }
}

/// The beginning of an answer to a GET of a record, with zeros in place of the parts that are not
/// known yet.
struct RecordOpening {
    fileprivate(set) var bytes: [UInt8] = []
    /// The offsets of the digits of the content's size, of the content, and of the key.
    fileprivate(set) var lengthAt = 0
    fileprivate(set) var contentAt = 0
    fileprivate(set) var keyAt = 0
}

extension [UInt8] {
    /// Overwrites the bytes from `index` on, where there are enough of them.
    @inline(__always)
    fileprivate mutating func replace(at index: Int, with bytes: Span<UInt8>) {
        precondition(index >= 0 && bytes.count <= count - index)
        // Unsafe: inside both, by the line before.
        unsafe withUnsafeMutableBufferPointer { own in
            for offset in 0..<bytes.count { unsafe own[index &+ offset] = bytes[offset] }
        }
    }

    /// Writes the digits of a number before `end`, where there is room for them.
    @inline(__always)
    fileprivate mutating func replaceDigits(of number: Int, before end: Int) {
        var (rest, place) = (UInt32(truncatingIfNeeded: number), end)
        repeat {
            place -= 1
            self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
    }
}
