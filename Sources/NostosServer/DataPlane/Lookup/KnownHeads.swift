import Nostos

/// The request heads that a connection has parsed before, so that similar heads are not parsed
/// again.
///
/// A service asks for key after key, in requests that differ only in the last segment of their
/// paths. If the bytes before and after that segment equal those of an earlier request,
/// ``RequestParser`` would give the same result, only shifted; comparing takes a tenth of the work.
/// Only requests without a content are kept, whose bytes end with the head's empty line.
struct KnownHeads {
    /// The number of heads that are kept; the oldest goes first.
    static let maxCount = 16
    /// Longer requests are not kept, in bytes.
    static let maxSize = 2 << 10

    /// The habit of a connection: the head that its client's last request was like.
    struct Habit {
        /// The index of the head that the last request was like.
        fileprivate var place = 0
        /// The count of requests that resembled none.
        fileprivate var missCount: UInt32 = 0
    }

    private var heads: [KnownHead] = []
    private var noteCount = 0

    /// The request that `bytes` begin with, if it is like the one that the client sent before.
    @inline(__always)
    func request(_ bytes: Span<UInt8>, _ habit: Habit) -> Request? {
        guard habit.place < heads.count else { return nil }
        return heads[habit.place].request(bytes)
    }

    /// Keeps a parsed request, whose ranges refer to `bytes`.
    ///
    /// Of requests that resemble none, only the first, second, fourth, eighth and so on are kept,
    /// so that a client with different requests costs nothing in the long run.
    mutating func note(_ request: Request, in bytes: Span<UInt8>, _ habit: inout Habit) {
        habit.missCount &+= 1
        guard habit.missCount & (habit.missCount &- 1) == 0, request.body.isEmpty,
            request.size <= Self.maxSize, Self.hasPlainTarget(request, bytes)
        else { return }
        let whole = bytes.extracting(..<request.size)
        for place in heads.indices where heads[place].request(whole)?.size == request.size {
            habit.place = place
            return
        }
        let place = noteCount % Self.maxCount
        noteCount += 1
        let head = KnownHead(request, in: whole, number: noteCount)
        if place == heads.count { heads.append(head) } else { heads[place] = head }
        habit.place = place
    }
}

extension KnownHeads {
    /// Whether the target begins with its path: neither a URL nor `*`.
    private static func hasPlainTarget(_ request: Request, _ bytes: Span<UInt8>) -> Bool {
        guard !request.path.isEmpty, request.path.lowerBound > 0 else { return false }
        return bytes[request.path.lowerBound] == UInt8(ascii: "/")
            && bytes[request.path.lowerBound - 1] == UInt8(ascii: " ")
    }
}

/// One parsed request in two parts: the bytes before and after its path's last segment.
///
/// In memory of its own: references to two arrays, counted for each request, would be a tenth of
/// it.
@safe private final class KnownHead {
    private let text: UnsafeMutablePointer<UInt8>
    private let beforeSize: Int
    private let behindSize: Int
    /// The request, with its likeness and its path's last segment.
    private let known: Request
    /// The size of the largest segment whose target is within the limit.
    private let largestSegment: Int

    init(_ request: Request, in bytes: Span<UInt8>, number: Int) {
        let end = request.path.upperBound
        var start = end
        while bytes[start - 1] != UInt8(ascii: "/") { start -= 1 }
        var known = request
        known.likeness = number
        known.segment = start..<end
        self.known = known
        (beforeSize, behindSize) = (start, bytes.count - end)
        // Unsafe: both parts are written before the first reading, and lie there until deinit.
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
        for index in 0..<start { unsafe text[index] = bytes[index] }
        for index in end..<bytes.count { unsafe text[start + index - end] = bytes[index] }
        unsafe self.text = text
        // The question mark of an empty query counts too.
        let hasBareMark = request.query.isEmpty && bytes[end] == UInt8(ascii: "?")
        let targetEnd = max(end + (hasBareMark ? 1 : 0), request.query.upperBound)
        largestSegment =
            RequestParser.maxTargetSize - (targetEnd - request.path.lowerBound) + (end - start)
    }

    deinit { unsafe text.deallocate() }

    /// The request that `bytes` begin with, if it is like this one.
    @inline(__always)
    func request(_ bytes: Span<UInt8>) -> Request? {
        // Unsafe: see init.
        let before = unsafe Span(_unsafeStart: text, count: beforeSize)
        let behind = unsafe Span(_unsafeStart: text + beforeSize, count: behindSize)
        guard bytes.starts(with: before, at: 0) else { return nil }
        var end = beforeSize
        while end < bytes.count, ByteSet.segment.contains(bytes[end]) { end += 1 }
        // The byte after a segment occurs in no segment, so that both parts match only at their own
        // places.
        guard end - beforeSize <= largestSegment, bytes.starts(with: behind, at: end) else {
            return nil
        }
        var request = known
        let difference = end - request.segment.upperBound
        if difference != 0 { request.lengthenSegment(by: difference) }
        return request
    }
}
