import Dispatch
import Synchronization

/// Some rows on their way from the caller to the table: their keys and records, and then, made by
/// whichever thread comes first, their encoded rows.
final class RowBatch {
    /// The first row's number in the table.
    private(set) var firstRow = 0
    /// Why encoding stopped; the rows before that one are there.
    private(set) var failure: RecordError?
    private(set) var encoder: RowEncoder

    private var input: [UInt8] = []
    private(set) var numbers: [UInt64] = []
    private var keyEnds: [Int] = []
    private var recordEnds: [Int] = []
    private var rows: [UInt8] = []
    private var rowEnds: [Int] = []

    /// How often the batch was offered; only the caller's.
    private(set) var offer = 0
    /// The offer that no thread has claimed yet, or 0.
    private let openOffer = Atomic(0)
    private let encoded = DispatchSemaphore(value: 0)

    /// An empty batch; no other has the same encoder.
    init(encoder: RowEncoder) { self.encoder = encoder }

    /// Rows appended.
    var count: Int { keyEnds.count }
    /// Rows encoded.
    var encodedCount: Int { rowEnds.count }
    /// The size of keys and records, in bytes.
    var size: Int { input.count }

    /// Makes the batch ready for rows from that number on.
    func begin(at row: Int) {
        firstRow = row
        failure = nil
        input.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        keyEnds.removeAll(keepingCapacity: true)
        recordEnds.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        rowEnds.removeAll(keepingCapacity: true)
    }

    /// Copies a row into the batch; `number` is its key's.
    func append(key: Span<UInt8>, number: UInt64, record: Span<UInt8>) {
        numbers.append(number)
        input.append(key)
        keyEnds.append(input.count)
        input.append(record)
        recordEnds.append(input.count)
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
        let input = input
        for index in 0..<count {
            let range = keyEnds[index]..<recordEnds[index]
            do throws(RecordError) {
                try encoder.encode(input.span.extracting(range), into: &rows)
                rowEnds.append(rows.count)
            } catch {
                failure = error
                break
            }
        }
        encoded.signal()
        return true
    }

    /// Waits until the rows are encoded; once after each ``open()``.
    func wait() { encoded.wait() }

    /// Calls `body` with a row's key.
    func withKey<T, E: Error>(_ index: Int, _ body: (Span<UInt8>) throws(E) -> T) throws(E) -> T {
        let start = index == 0 ? 0 : recordEnds[index - 1]
        let (input, end) = (input, keyEnds[index])
        return try body(input.span.extracting(start..<end))
    }

    /// Appends an encoded row.
    func append(_ index: Int, to output: inout [UInt8]) {
        let start = index == 0 ? 0 : rowEnds[index - 1]
        let (rows, end) = (rows, rowEnds[index])
        output.append(rows.span.extracting(start..<end))
    }
}

// @unchecked: one thread at a time has it: the caller until it is given away, then the thread that
// claims it, and behind the semaphore the caller again.
extension RowBatch: @unchecked Sendable {}
