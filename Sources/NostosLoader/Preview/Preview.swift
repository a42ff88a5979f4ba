import Nostos
import SystemPackage

/// A preview of a few finished records of a job: read from its sources by queries that are limited
/// to them, joined as a run joins them, and written nowhere.
///
/// A source that is a database computes only the rows of the preview, as far as its planner can:
/// see ``QueryPart``. A file is read until enough keys are found, and again to its end for their
/// rows; a program runs to its end.
public struct Preview {
    /// The most records.
    public static let maxCount = 1000
    private static let memory = 64 << 20
    /// The most rows that are asked for to find the first keys.
    private static let maxRowCount = 1 << 20

    /// One finished record.
    public struct Record: Sendable, Hashable {
        /// The key as JSON.
        public let key: String
        /// All fields as one JSON object.
        public let values: String
    }

    /// The result of the preview.
    public struct Result: Sendable {
        /// The records, in the order of their keys.
        public let records: [Record]
        /// The keys that were asked for and that no generator has; as JSON.
        public let missing: [String]
        /// The warnings about guessed types, and about keys with more than one row, where a run
        /// would warn.
        public let warnings: [String]
    }

    private let job: Job
    private let inputs: [RowInput]
    private let mask: SecretMask

    /// A preview of a job; nothing is opened yet but what its connections say.
    public init(_ job: Job, connections: Connections) throws(RunError) {
        self.job = job
        let mask = connections.mask(of: job)
        self.mask = mask
        do {
            inputs = try job.generators.map { try RowInput($0, of: job, connections, mask) }
        } catch {
            throw RunError(error, mask)
        }
    }

    /// The records of the first `limit` keys, by the first generator that has rows.
    public func records(limit: Int) throws(RunError) -> Result {
        do {
            var reader = try PreviewReader(job, inputs)
            let keys = try reader.firstKeys(min(limit, Self.maxCount), Self.maxRowCount)
            return try records(of: keys, [], &reader)
        } catch {
            throw failure(error)
        }
    }

    /// The records of these keys, as people type them: `42`, or `42,en` for a composite key.
    public func records(keys texts: [String]) throws(RunError) -> Result {
        do {
            var reader = try PreviewReader(job, inputs)
            // Where the sources leave the key's type open, a row decides.
            if !reader.knowsKey { _ = try reader.firstKeys(1, 1) }
            let schema = reader.encoder.schema
            var keys: Set<[UInt8]> = []
            var beyond: [String] = []
            for text in texts {
                do throws(KeyTextError) { keys.insert(try schema.encode(text: text)) } catch {
                    // An integer that no source can hold is one that is not there.
                    guard case .notAnInteger(_, let found) = error, NumberText.isInteger(found)
                    else {
                        throw RunError(.badJob, "bad key: \(error)")
                    }
                    beyond.append(text)
                }
            }
            return try records(of: keys, beyond, &reader)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> RunError {
        RunError(Interruption.isRequested ? CancellationError() : error, mask)
    }

    private func records(
        of keys: Set<[UInt8]>, _ beyond: [String], _ reader: inout PreviewReader
    ) throws -> Result {
        let plan = reader.plan
        // The sorter's files have no name, and exist only where a few keys have millions of rows.
        var extraction = Extraction(
            plan, sorter: try RowSorter(directory: Self.scratch, memory: Self.memory))
        var guesses: [String] = []
        for generator in plan.generators where generator.hasRows {
            let rows = try reader.rows(of: keys, generator)
            guesses += rows.warnings.map { mask.mask("\(generator.name): \($0)") }
            do {
                try extraction.run(generator, rows: rows) { _ in try Interruption.check() }
            } catch let error as SourceError {
                throw LocatedSourceError(error, job.generators[generator.ordinal])
            }
        }
        var merger = try extraction.merged(
            MergeRules(onDuplicate: job.onDuplicate, join: job.join))
        let schema = merger.schema
        var records: [Record] = []
        var missing = keys
        while try merger.next() {
            var key: [UInt8] = []
            key.append(merger.key)
            missing.remove(key)
            records.append(
                Record(
                    key: schema.key.json(of: key) ?? "null",
                    values: Self.json(merger.record, schema.fields)))
        }
        return Result(
            records: records, missing: (missing.compactMap(schema.key.json) + beyond).sorted(),
            warnings: guesses + warnings(plan, merger.counts))
    }

    private func warnings(_ plan: RecordPlan, _ counts: [MergeCounts]) -> [String] {
        zip(plan.generators, counts).compactMap { generator, count in
            RepeatedKeys([count], of: job).map { "\(generator.name): \($0.sentence)" }
        }
    }

    private static func json(_ record: Span<UInt8>, _ fields: [Field]) -> String {
        var text: [UInt8] = [UInt8(ascii: "{")]
        var position = 0
        for (index, field) in fields.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            JSONText.append(field.name, to: &text)
            text.append(UInt8(ascii: ":"))
            EncodedValue.appendJSON(in: record, at: &position, to: &text)
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    private static var scratch: FilePath { FilePath("/tmp") }
}
