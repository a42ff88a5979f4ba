import Glibc

/// Runs the operations over the data sets: rounds interleaved, each engine in processes of its own.
struct TableBenchmark {
    let options: Options

    /// The results of every data set, in the order asked; each report is printed as it is ready.
    func run() throws -> [DataSetResults] {
        var all: [DataSetResults] = []
        print(Machine.summary)
        for set in options.sets {
            let results = try run(set)
            print(Report(results).text)
            // A long run shows what it has, also in a pipe.
            fflush(nil)
            all.append(results)
        }
        return all
    }

    private func run(_ set: DataSet) throws -> DataSetResults {
        let rowCount = options.rowCount ?? set.fullRowCount
        let files = DataFiles(folder: "\(options.folder)/\(set.rawValue)/source")
        say("data \(set.rawValue): \(rowCount) rows")
        try files.generate(set, rowCount: rowCount)
        var results = DataSetResults(set: set, rowCount: rowCount, rounds: options.rounds)
        results.textSize = try MappedBytes(files.path("texts.bytes")).bytes.count
        try build(set, files, &results)
        if options.engines.contains(.nostos) {
            results.typedRowShare = try NostosEngine.typedRowShare(in: store(set, .nostos))
        }
        try read(set, files, &results)
        if !options.keepsFiles {
            removeFolder("\(options.folder)/\(set.rawValue)")
        }
        return results
    }

    private func store(_ set: DataSet, _ engine: EngineName, _ suffix: String = "") -> String {
        "\(options.folder)/\(set.rawValue)/\(engine.builder.rawValue)\(suffix)"
    }

    // MARK: - Building

    private var builders: [EngineName] {
        EngineName.allCases.filter { name in
            name.isBuilder && options.engines.contains { $0.builder == name }
        }
    }

    /// Builds in each round; the last sorted store stays for the readers.
    private func build(_ set: DataSet, _ files: DataFiles, _ results: inout DataSetResults) throws {
        for round in 0..<options.rounds {
            for operation in [Operation.buildSorted, .buildShuffled] {
                // Readers need a sorted store, asked for or not.
                let isAsked = options.operations.contains(operation)
                guard isAsked || (operation == .buildSorted && round == 0) else { continue }
                for engine in builders {
                    let isSorted = operation == .buildSorted
                    let folder = store(set, engine, isSorted ? "" : ".shuffled")
                    let built = try build(set, files, engine, operation, folder)
                    say("\(operation.rawValue) \(engine.rawValue) \(Int(built.nanoseconds)) ns/row")
                    if isAsked { results.add(built, operation, engine) }
                    if isSorted {
                        results.storeSizes[engine] = storeSize(folder)
                        continue
                    }
                    if round == 0 {
                        _ = try Child(engine, set, files, store: folder).ask("check")
                    }
                    removeFolder(folder)
                }
            }
        }
    }

    private func build(
        _ set: DataSet, _ files: DataFiles, _ engine: EngineName, _ operation: Operation,
        _ folder: String
    ) throws -> Measurement {
        removeFolder(folder)
        try makeFolder(folder)
        return try Child(engine, set, files, store: folder).ask(operation.rawValue)
    }

    // MARK: - Reading

    private func read(_ set: DataSet, _ files: DataFiles, _ results: inout DataSetResults) throws {
        var children: [(engine: EngineName, child: Child)] = []
        for engine in options.engines {
            let child = try Child(engine, set, files, store: store(set, engine))
            results.idleMemory = try child.ask("idle").anonymousMemory
            _ = try child.ask("check")
            children.append((engine, child))
        }
        say("checked \(DataFiles.sampleCount) keys in \(children.count) engines")
        if options.operations.contains(.open) {
            for _ in 0..<options.rounds {
                for engine in options.engines {
                    let child = try Child(engine, set, files, store: store(set, engine))
                    results.add(try child.ask(Operation.open.rawValue), .open, engine)
                }
            }
        }
        let reads = options.operations.filter(\.isRead)
        guard !reads.isEmpty else { return }
        for (_, child) in children { _ = try child.ask("warm") }
        for round in 0..<options.rounds {
            let start = round * options.lookups % (DataFiles.queryCount - options.lookups + 1)
            for operation in reads {
                let command = "\(operation.rawValue) \(start) \(options.lookups)"
                var first: Measurement?
                for (engine, child) in children {
                    let measured = try child.ask(command)
                    if let first, (first.found, first.bytes) != (measured.found, measured.bytes) {
                        throw Failure(
                            "\(operation.rawValue): \(engine.rawValue) found \(measured.found) "
                                + "records of \(measured.bytes) bytes, \(children[0].engine.rawValue) "
                                + "\(first.found) of \(first.bytes)")
                    }
                    first = first ?? measured
                    results.add(measured, operation, engine)
                }
            }
            say("round \(round + 1) of \(options.rounds)")
        }
    }
}
