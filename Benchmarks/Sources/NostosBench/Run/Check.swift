/// Compares an engine's answers with those that the records give, before anything is timed.
struct Check<E: Engine> {
    let engine: E
    let data: MappedData

    /// - Throws: a `Failure` with the first answer that is not byte for byte the expected one.
    func run() throws -> Measurement {
        var reader = try engine.makeReader()
        var output: [UInt8] = []
        var draws = Draws(seed: 0x53)
        for _ in 0..<DataFiles.sampleCount {
            let row = draws.below(data.rowCount)
            for asked in Asked.allCases {
                output.removeAll(keepingCapacity: true)
                let isFound = try reader.get(data.keys[row], asked, into: &output)
                try expect(output, data.answer(row: row, asked), isFound, "row \(row), \(asked)")
            }
        }
        try checkMisses(&reader)
        try checkBatch(&reader)
        return Measure.measurement(
            0, per: 1, times: [], memory: anonymousMemory(), found: 0, bytes: 0)
    }

    private func checkMisses(_ reader: inout E.Reader) throws {
        let misses = try data.queries(.miss)
        var output = [UInt8(ascii: "x")]
        var count = 0
        for index in 0..<DataFiles.sampleCount {
            output.removeLast(output.count - 1)
            if try reader.get(misses[index], .all, into: &output) { continue }
            try expect(output, [UInt8(ascii: "x")], true, "missing key \(index)")
            count += 1
        }
        guard count > DataFiles.sampleCount / 3 else {
            throw Failure("only \(count) of \(DataFiles.sampleCount) keys are missing")
        }
    }

    private func checkBatch(_ reader: inout E.Reader) throws {
        let misses = try data.queries(.miss)
        let keys = (0..<Measure.batchSize).map { misses[$0] }
        var single: [UInt8] = []
        for key in keys { _ = try reader.get(key, .all, into: &single) }
        var batch: [UInt8] = []
        _ = try reader.getBatch(keys, into: &batch)
        try expect(batch, single, true, "a batch")
    }

    private func expect(
        _ found: [UInt8], _ expected: [UInt8], _ isFound: Bool, _ place: String
    ) throws {
        guard isFound, found == expected else {
            throw Failure(
                "wrong answer for \(place): expected \(Self.text(expected)), found "
                    + "\(isFound ? Self.text(found) : "nothing")")
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(400), as: UTF8.self)
    }
}
