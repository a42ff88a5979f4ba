import Dispatch

/// Encodes batches on a second thread while the caller fills the next one.
///
/// The caller gets them back in their order. Where it would have to wait, it encodes too, so that
/// both threads work all the time; the rows do not depend on the thread that encodes them.
struct RowPipeline: ~Copyable {
    /// Batches at the same time: one that fills, one for each thread, one that waits.
    private static let batchCount = 4

    private let makeEncoder: () -> RowEncoder
    private let queue = DispatchQueue(label: "nostos.rows")
    private var pending: [RowBatch] = []
    private var free: [RowBatch] = []
    /// Every batch there is, for their encoders' counts.
    private(set) var batches: [RowBatch] = []

    /// - Parameter makeEncoder: an encoder that shares nothing that changes with the others.
    init(makeEncoder: @escaping () -> RowEncoder) { self.makeEncoder = makeEncoder }

    /// An empty batch for rows from that number on.
    mutating func makeBatch(at row: Int) -> RowBatch {
        let batch = free.popLast() ?? RowBatch(encoder: makeEncoder())
        if !batches.contains(where: { $0 === batch }) { batches.append(batch) }
        batch.begin(at: row)
        return batch
    }

    /// Hands a batch to the other thread.
    mutating func submit(_ batch: RowBatch) {
        pending.append(batch)
        let offer = batch.open()
        queue.async { batch.encode(offer) }
    }

    /// Whether ``next()`` should be called before another batch is made.
    var isFull: Bool { pending.count >= Self.batchCount - 1 }

    /// The oldest batch, encoded, or nil when there is none; the caller returns it with
    /// ``release(_:)``.
    mutating func next() -> RowBatch? {
        guard !pending.isEmpty else { return nil }
        let batch = pending.removeFirst()
        if !batch.encode(batch.offer), let behind = pending.first {
            // The other thread has it: encode the next one meanwhile.
            behind.encode(behind.offer)
        }
        batch.wait()
        return batch
    }

    /// Takes back a batch that was read.
    mutating func release(_ batch: RowBatch) { free.append(batch) }
}
