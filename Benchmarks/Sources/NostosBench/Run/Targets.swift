/// The targets of the table on a data set, beside the figures that it reaches.
struct Targets {
    private let results: DataSetResults

    init(_ results: DataSetResults) { self.results = results }

    /// One line for each target whose operations and engines were measured.
    var lines: [String] {
        all.compactMap { name, value, bound in
            value.map {
                "  \(bound.isReached(by: $0) ? "reached" : "MISSED ")  \(name): "
                    + "\(Report.fixed($0, 2)), must be \(bound.text)"
            }
        }
    }

    private typealias Target = (name: String, value: Double?, bound: Bound)

    private var all: [Target] {
        switch results.set {
        case .a: size(atMost: 0.47) + lookups + builds
        case .b: size(atMost: 0.75)
        case .c, .d, .e, .f:
            size(atMost: 1.05) + [
                ("get.all, times as fast as RocksDB", speed(.getAll, .rocksdb8G), .least(1))
            ]
        }
    }

    private func size(atMost bound: Double) -> [Target] {
        [("bytes a row, of RocksDB's", bytesRatio, .most(bound))]
    }

    private var lookups: [Target] {
        [
            ("get.all, times as fast as RocksDB", speed(.getAll, .rocksdb8G), .least(5)),
            ("get.all, times as fast as LMDB", speed(.getAll, .lmdb), .least(2.2)),
            ("get.all, of cdb's time", speed(.getAll, .cdb).map { 1 / $0 }, .most(1.7)),
            ("get.one, of our get.all", ratio(.getOne, .getAll), .most(0.85)),
            ("get.one, of cdb's time", speed(.getOne, .cdb).map { 1 / $0 }, .most(1)),
            ("get.miss, of our get.one", ratio(.getMiss, .getOne), .most(0.8)),
            ("batch.100 per key, of our get.all", ratio(.batch100, .getAll), .most(0.4)),
            ("threads.2, times one thread", ratio(.getAll, .threads2), .least(1.8)),
            ("open and first answer, ms", time(.open).map { $0 / 1e6 }, .most(1)),
            ("open, MiB of anonymous memory", memory(.open), .most(16)),
        ]
    }

    private var builds: [Target] {
        let shuffled = speed(.buildShuffled, .rocksdb8G)
        return [
            ("build.sorted, times as fast as RocksDB", speed(.buildSorted, .rocksdb8G), .least(1)),
            ("build.shuffled, times as fast as RocksDB", shuffled, .least(2)),
            ("build.sorted, peak MiB", memory(.buildSorted), .most(512)),
            ("build.shuffled, peak MiB", memory(.buildShuffled), .most(512)),
        ]
    }

    private enum Bound {
        case least(Double)
        case most(Double)

        func isReached(by value: Double) -> Bool {
            switch self {
            case .least(let bound): value >= bound
            case .most(let bound): value <= bound
            }
        }

        var text: String {
            switch self {
            case .least(let bound): "at least \(Report.fixed(bound, 2))"
            case .most(let bound): "at most \(Report.fixed(bound, 2))"
            }
        }
    }

    private func time(_ operation: Operation, _ engine: EngineName = .nostos) -> Double? {
        results.median(operation, engine)?.nanoseconds
    }

    private func memory(_ operation: Operation) -> Double? {
        results.median(operation, .nostos).map { Double($0.anonymousMemory) / 1_048_576 }
    }

    private func speed(_ operation: Operation, _ rival: EngineName) -> Double? {
        guard let ours = time(operation), let theirs = time(operation, rival) else { return nil }
        return theirs / ours
    }

    private func ratio(_ operation: Operation, _ other: Operation) -> Double? {
        guard let one = time(operation), let two = time(other) else { return nil }
        return one / two
    }

    private var bytesRatio: Double? {
        guard let ours = results.bytesPerRow(.nostos), let theirs = results.bytesPerRow(.rocksdb8G)
        else { return nil }
        return ours / theirs
    }
}
