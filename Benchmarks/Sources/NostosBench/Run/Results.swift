/// The figures measured with one data set.
struct DataSetResults {
    let set: DataSet
    let rowCount: Int
    let rounds: Int
    /// Bytes of all JSON texts.
    var textSize = 0
    /// The share of the rows in which this project's table has every value coded or packed.
    var typedRowShare: Double?
    /// Anonymous memory of a worker that has opened nothing.
    var idleMemory = 0
    var storeSizes: [EngineName: Int] = [:]
    private var measurements: [Operation: [EngineName: [Measurement]]] = [:]

    init(set: DataSet, rowCount: Int, rounds: Int) {
        (self.set, self.rowCount, self.rounds) = (set, rowCount, rounds)
    }

    mutating func add(_ measured: Measurement, _ operation: Operation, _ engine: EngineName) {
        measurements[operation, default: [:]][engine, default: []].append(measured)
    }

    /// The store's bytes for each row, all included.
    func bytesPerRow(_ engine: EngineName) -> Double? {
        storeSizes[engine.builder].map { Double($0) / Double(rowCount) }
    }

    /// The medians over the rounds, or nil when the engine did not take part.
    func median(_ operation: Operation, _ engine: EngineName) -> Measurement? {
        guard let all = measurements[operation]?[engine], let last = all.last else { return nil }
        return Measurement(
            nanoseconds: Self.median(all.map(\.nanoseconds)) ?? 0,
            p50: Self.median(all.compactMap(\.p50)), p99: Self.median(all.compactMap(\.p99)),
            anonymousMemory: Int(Self.median(all.map { Double($0.anonymousMemory) }) ?? 0),
            found: last.found, bytes: last.bytes)
    }

    /// The operations and engines that were measured, with their medians, in the fixed order.
    var rows: [(operation: Operation, engine: EngineName, median: Measurement)] {
        Operation.allCases.flatMap { operation in
            EngineName.allCases.compactMap { engine in
                median(operation, engine).map { (operation, engine, $0) }
            }
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
