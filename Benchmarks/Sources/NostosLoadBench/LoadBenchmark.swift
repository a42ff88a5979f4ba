/// The figures of one source and order, a value a round.
struct LoadResult {
    let source: SourceName
    let order: Arrival
    let rowCount: Int
    /// The peak that is aimed at, in bytes.
    let memoryLimit: Int
    var ours: [CommandCost] = []
    var bare: [Double] = []

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    var seconds: Double { Self.median(ours.map(\.seconds)) }
    var processorSeconds: Double { Self.median(ours.map(\.processorSeconds)) }
    var bareSeconds: Double { Self.median(bare) }
    /// Of rounds, each of which had both: the median of their ratios.
    var ratio: Double { Self.median(zip(ours, bare).map { $0.seconds / $1 }) }
    var peakMemory: Int { ours.map(\.peakMemory).max() ?? 0 }
}

/// Runs the job and the bare source in turn, round after round.
struct LoadBenchmark {
    let options: LoadOptions

    /// The results of all sources and orders; each is printed as it is ready.
    func run() throws -> [LoadResult] {
        var results: [LoadResult] = []
        print(LoadReport.head)
        for source in options.sources {
            for order in options.orders {
                let data = LoadData(options: options)
                try data.make(source, order)
                results.append(try measure(source, order, data))
                print(LoadReport.line(results[results.count - 1]))
                try data.drop(source, order)
            }
        }
        return results
    }

    private func measure(
        _ source: SourceName, _ order: Arrival, _ data: LoadData
    ) throws -> LoadResult {
        let folder = options.folder
        try write(data.connections(source), to: "\(folder)/connections.yml")
        try write(data.job(order), to: "\(folder)/job.yml")
        var result = LoadResult(
            source: source, order: order, rowCount: options.rowCount,
            memoryLimit: (options.memory + 64) << 20)
        for _ in 0..<options.rounds {
            var bare = 0.0
            for command in data.bareCommands(source, order) {
                bare += try runProgram(command, in: folder).seconds
            }
            result.bare.append(bare)
            let command = [
                options.program, "run", "job.yml", "--store", "\(folder)/store", "--memory",
                "\(options.memory)M",
            ]
            result.ours.append(try runProgram(command, in: folder))
            try check(data)
            try runProgram(["rm", "-rf", "\(folder)/store"], in: folder)
        }
        return result
    }

    /// Every user must be in the table, read back.
    private func check(_ data: LoadData) throws {
        let file = "\(options.folder)/show"
        try runProgram(
            [options.program, "show", "bench", "-o", "json", "--store", "\(options.folder)/store"],
            in: options.folder, output: file)
        guard text(of: file).contains("\"keys_read_back\" : \(data.userCount)") else {
            throw Failure("the version does not have \(data.userCount) keys")
        }
    }
}
