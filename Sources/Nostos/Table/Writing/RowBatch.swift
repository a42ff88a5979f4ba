import Dispatch
import Synchronization

/// Some rows on their way from the caller to the table: their keys and records, and then, made by
/// whichever thread comes first, their encoded rows.
final class RowBatch {
    /// The first row's number in the table.
    private(set) var firstRow = 0
    // One access a call, see docs/design.md, "A class around a structure".
    private var state: RowBatchState

    /// The number of times that the batch was offered; only for the caller.
    private(set) var offer = 0
    /// The offer that no thread has claimed yet, or 0.
    private let openOffer = Atomic(0)
    private let encoded = DispatchSemaphore(value: 0)

    /// An empty batch; no other has the same encoder.
    init(encoder: consuming RowEncoder) { state = RowBatchState(encoder: encoder) }

    /// The size of keys and records, in bytes.
    var size: Int { state.rows.size }
    /// Calls `body` with the rows, as far as they are encoded.
    func withRows<T, E>(_ body: (borrowing BatchRows) throws(E) -> T) throws(E) -> T {
        try body(state.rows)
    }
    /// The error that stopped the encoding; the rows before that one are there.
    var failure: RecordError? { state.failure }
    /// The encoder's counts.
    var counts: RowCounts { state.encoder.counts }

    /// Makes the batch ready for rows from that number on.
    func begin(at row: Int) {
        firstRow = row
        state.removeAll()
    }

    /// Copies a row into the batch; `number` is its key's.
    func append(key: Span<UInt8>, number: UInt64, record: Span<UInt8>) {
        state.rows.append(key: key, number: number, record: record)
    }

    /// Lets one thread encode the rows: the first that comes with the offer that is returned.
    ///
    /// A number, since a thread may come when the batch has long been filled with other rows.
    func open() -> Int {
        offer += 1
        openOffer.store(offer, ordering: .releasing)
        return offer
    }

    /// Encodes the rows, unless another thread does or did for that offer; false then.
    @discardableResult
    func encode(_ offer: Int) -> Bool {
        let claim = openOffer.compareExchange(
            expected: offer, desired: 0, ordering: .acquiringAndReleasing)
        guard claim.exchanged else { return false }
        state.encode()
        encoded.signal()
        return true
    }

    /// Waits until the rows are encoded; once after each ``open()``.
    func wait() { encoded.wait() }
}

/// The state of a batch: its rows and their encoder.
private struct RowBatchState: ~Copyable {
    var rows = BatchRows()
    private(set) var failure: RecordError?
    private(set) var encoder: RowEncoder

    init(encoder: consuming RowEncoder) { self.encoder = encoder }

    mutating func removeAll() {
        failure = nil
        rows.removeAll()
    }

    mutating func encode() {
        do throws(RecordError) { try rows.encode(with: &encoder) } catch { failure = error }
    }
}

/// Keys and records of some rows, and beside them their encoded rows.
struct BatchRows: ~Copyable {
    private var input = GrowingMemory<UInt8>()
    private var numbers: [UInt64] = []
    private var ranges = BatchRanges()
    private var rows = GrowingMemory<UInt8>()
    private var rowEnds: [Int] = []

    /// Rows encoded.
    var encodedCount: Int { rowEnds.count }
    /// The size of keys and records, in bytes.
    var size: Int { input.count }

    mutating func removeAll() {
        input.removeAll()
        numbers.removeAll(keepingCapacity: true)
        ranges.removeAll()
        rows.removeAll()
        rowEnds.removeAll(keepingCapacity: true)
    }

    mutating func append(key: Span<UInt8>, number: UInt64, record: Span<UInt8>) {
        numbers.append(number)
        input.append(key)
        let keyEnd = input.count
        input.append(record)
        ranges.append(keyEnd: keyEnd, recordEnd: input.count)
    }

    /// Encodes all records up to the first that cannot be.
    mutating func encode(with encoder: inout RowEncoder) throws(RecordError) {
        try encoder.encode(input, in: ranges, into: &rows, ends: &rowEnds)
    }

    /// The number of a row's key.
    func number(_ index: Int) -> UInt64 { numbers[index] }

    /// A row's key.
    @_lifetime(borrow self)
    func key(_ index: Int) -> Span<UInt8> {
        let input = input.span
        return input.extracting(ranges.key(index))
    }

    /// An encoded row.
    @_lifetime(borrow self)
    func row(_ index: Int) -> Span<UInt8> {
        let rows = rows.span
        return rows.extracting((index == 0 ? 0 : rowEnds[index - 1])..<rowEnds[index])
    }
}

/// The ranges of keys and records in a batch: they follow one another, each key before its record.
struct BatchRanges {
    /// The end of each key and of each record.
    private var ends: [Int] = []

    /// The number of records.
    var count: Int { ends.count / 2 }

    mutating func append(keyEnd: Int, recordEnd: Int) {
        ends.append(keyEnd)
        ends.append(recordEnd)
    }

    mutating func removeAll() { ends.removeAll(keepingCapacity: true) }

    func key(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : ends[2 * index - 1])..<ends[2 * index]
    }

    func record(_ index: Int) -> Range<Int> { ends[2 * index]..<ends[2 * index + 1] }
}

// @unchecked: one thread at a time uses it: the caller until it offers the batch, then the thread
// that claims it, and after the semaphore the caller again.
extension RowBatch: @unchecked Sendable {}
