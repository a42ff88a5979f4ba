import Nostos

/// Some records on their way from the merge to the table's writer.
final class RecordBatch {
    /// One that fills, one that is written, one that waits.
    private static let count = 3

    private var records = Records()

    /// The records; a structure, so that filling it is no access to an object.
    private struct Records {
        /// At this size a batch is handed on.
        private static let size = 256 << 10

        private var bytes: [UInt8] = []
        /// Where each key and each record ends.
        private var ends: [Int] = []

        var isFull: Bool { bytes.count >= Self.size }

        mutating func append(_ merger: borrowing RecordMerger) {
            bytes.append(merger.key)
            ends.append(bytes.count)
            bytes.append(merger.record)
            ends.append(bytes.count)
        }

        func write(to writer: TableWriter) throws(TableError) {
            var start = 0
            for index in stride(from: 0, to: ends.count, by: 2) {
                let (middle, end) = (ends[index], ends[index + 1])
                try writer.append(
                    key: bytes.span.extracting(start..<middle),
                    record: bytes.span.extracting(middle..<end))
                start = end
            }
        }

        mutating func removeAll() {
            // Memory that large records took goes.
            bytes.removeAll(keepingCapacity: bytes.capacity <= 4 * Self.size)
            ends.removeAll(keepingCapacity: true)
        }
    }

    /// Gives the batch's memory, empty, to be filled.
    private func begin() -> Records {
        var memory = Records()
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
            var filling = batch.begin()
            while try records.next() {
                filling.append(records)
                if filling.isFull {
                    batch.records = filling
                    batches.submit(batch)
                    batch = try batches.next()
                    filling = batch.begin()
                }
                if records.recordCount % Extraction.progressInterval == 0 {
                    try report(records.recordCount, records.counts.reduce(0) { $0 + $1.rows })
                }
            }
            batch.records = filling
            batches.submit(batch)
            try batches.finish()
        } catch {
            // The first error is the one to tell; the writer is left by the other thread in any
            // case.
            try? batches.finish()
            throw error
        }
    }
}
