import Glibc

/// One engine in a process of its own, so that its memory is its own.
///
/// Reads commands from standard input, one a line, and answers each with one line: a measurement,
/// or `error:` and why.
enum Worker {
    /// `arguments` are engine, data set, the folder of its files, the folder of the store.
    static func run(_ arguments: [String]) throws {
        guard arguments.count == 4, let engine = EngineName(rawValue: arguments[0]),
            let set = DataSet(rawValue: arguments[1])
        else { throw Failure("worker: bad arguments") }
        let data = try MappedData(set, DataFiles(folder: arguments[2]))
        let store = arguments[3]
        switch engine {
        case .nostos: run(EngineWorker<NostosEngine>(data: data, store: store))
        case .rocksdb8G: run(EngineWorker<RocksDBEngine<Cache8G>>(data: data, store: store))
        case .rocksdb512M: run(EngineWorker<RocksDBEngine<Cache512M>>(data: data, store: store))
        case .lmdb: run(EngineWorker<LMDBEngine<RawValues>>(data: data, store: store))
        case .lmdbZstd: run(EngineWorker<LMDBEngine<CompressedValues>>(data: data, store: store))
        case .cdb: run(EngineWorker<CDBEngine>(data: data, store: store))
        case .sqlite: run(EngineWorker<SQLiteEngine>(data: data, store: store))
        }
    }

    private static func run<E>(_ worker: EngineWorker<E>) {
        var worker = worker
        while let command = readLine() {
            do {
                print(try worker.answer(command.split(separator: " ").map(String.init)).line)
            } catch {
                print("error: \(error)")
            }
            fflush(nil)
        }
    }
}

/// Answers the commands for one engine.
struct EngineWorker<E: Engine> {
    private let data: MappedData
    private let store: String
    private var engine: E?

    init(data: MappedData, store: String) {
        self.data = data
        self.store = store
    }

    /// The commands: `idle`; `check`; `warm`; and an operation's name, with the range of the
    /// queries for those that look up keys.
    mutating func answer(_ words: [String]) throws -> Measurement {
        let numbers = words.dropFirst().compactMap { Int($0) }
        let range = numbers.count == 2 ? numbers[0]..<numbers[0] + numbers[1] : 0..<0
        switch words.first {
        case "idle": return report(0, per: 1)
        case "check": return try Check(engine: opened(), data: data).run()
        case "warm": return try warm()
        default: break
        }
        guard let operation = words.first.flatMap(Operation.init(rawValue:)) else {
            throw Failure("worker: \(words)")
        }
        if let order = operation.buildOrder { return try build(order) }
        if operation == .open { return try open() }
        let uniform = try data.queries(.uniform)
        switch operation {
        case .getOne: return try Measure.gets(opened(), uniform, range, .one)
        case .getTwo: return try Measure.gets(opened(), uniform, range, .two)
        case .getMiss: return try Measure.gets(opened(), data.queries(.miss), range, .one)
        case .getZipf: return try Measure.gets(opened(), data.queries(.zipf), range, .all)
        case .batch100: return try Measure.batches(opened(), uniform, range)
        case .scan: return try Measure.scan(opened())
        case .threads2: return try Measure.twoThreads(opened(), uniform, range)
        default: return try Measure.gets(opened(), uniform, range, .all)
        }
    }

    private mutating func opened() throws -> E {
        if let engine { return engine }
        let opened = try E(opening: store, data.set)
        engine = opened
        return opened
    }

    private func build(_ order: BuildOrder) throws -> Measurement {
        var elapsed = 0
        let peak = try MemoryWatch.peak {
            let start = now()
            try E.build(in: store, from: data, order)
            elapsed = now() - start
        }
        return Measure.measurement(
            elapsed, per: data.rowCount, times: [], memory: peak, found: data.rowCount, bytes: 0)
    }

    /// Opens and answers the first key, again and again for a second or 20 times; the memory is
    /// that behind the first.
    private func open() throws -> Measurement {
        let queries = try data.queries(.uniform)
        var times: [Int] = []
        var memory = 0
        var output: [UInt8] = []
        output.reserveCapacity(1 << 16)
        while times.count < 20, times.reduce(0, +) < 1_000_000_000 {
            let key = queries[times.count]
            output.removeAll(keepingCapacity: true)
            let start = now()
            let engine = try E(opening: store, data.set)
            var reader = try engine.makeReader()
            guard try reader.get(key, .all, into: &output) else {
                throw Failure("open: the first key is not found")
            }
            times.append(now() - start)
            if memory == 0 { memory = anonymousMemory() }
        }
        return Measure.measurement(
            times.reduce(0, +), per: times.count, times: times, memory: memory, found: 1, bytes: 0)
    }

    /// Touches everything once: page tables, caches, checksums.
    private mutating func warm() throws -> Measurement {
        let engine = try opened()
        let scan = try Measure.scan(engine)
        guard scan.found == data.rowCount else {
            throw Failure("\(scan.found) rows of \(data.rowCount)")
        }
        let queries = try data.queries(.uniform)
        let range = max(0, queries.count - 100_000)..<queries.count
        return try Measure.gets(engine, queries, range, .all)
    }

    private func report(_ elapsed: Int, per count: Int) -> Measurement {
        Measure.measurement(
            elapsed, per: count, times: [], memory: anonymousMemory(), found: 0, bytes: 0)
    }
}
