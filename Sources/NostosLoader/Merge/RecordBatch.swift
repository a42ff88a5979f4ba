import Nostos

/// Some records on their way from the merge to the table's writer.
final class RecordBatch {
    /// One that fills, one that is written, one that waits.
    private static let count = 3

    private var records = RecordPile()

    /// Returns the batch's memory, empty, to be filled.
    private func begin() -> RecordPile {
        var memory = RecordPile()
        swap(&memory, &records)
        memory.removeAll()
        return memory
    }

    /// Appends all records to the writer on a second thread, while the caller's merges rows.
    ///
    /// - Parameters:
    ///   - records: before the first one; afterwards behind the last.
    ///   - writer: the caller's again when this returns, whether it throws or not.
    ///   - report: is told how many records were made, and of how many rows; may throw to stop.
    /// - Throws: what the records, the writer or `report` throw.
    static func pass(
        _ records: inout RecordMerger, to writer: TableWriter,
        report: (_ count: Int, _ rowCount: Int) throws -> Void
    ) throws {
        let batches = BatchQueue((0..<count).map { _ in RecordBatch() }) { batch in
            try batch.records.write(to: writer)
        }
        do {
            var batch = try batches.next()
            _ = records.exchangePile(batch.begin())
            while try records.nextOntoPile() {
                if records.isPileFull {
                    batch.records = records.exchangePile(RecordPile())
                    batches.submit(batch)
                    batch = try batches.next()
                    _ = records.exchangePile(batch.begin())
                }
                if records.recordCount % ProgressInterval.rows == 0 {
                    try report(records.recordCount, records.counts.reduce(0) { $0 + $1.rows })
                }
            }
            batch.records = records.exchangePile(RecordPile())
            batches.submit(batch)
            try batches.finish()
        } catch {
            // The first error is the one to report; the other thread stops using the writer in any
            // case.
            try? batches.finish()
            throw error
        }
    }
}
