import Synchronization

/// The measuring loops, the same for every engine and specialised for each.
enum Measure {
    static let batchSize = 100
    /// Single lookups that are timed one by one, behind those that are timed together.
    private static let timedCount = 20_000
    private static let bufferSize = 1 << 16
    /// Lookups that are timed together: short beside a processor's time slice, so that the median
    /// of the chunks is not that of other processes.
    private static let chunkSize = 1000

    /// Lookups one after another.
    static func gets<E: Engine>(
        _ engine: E, _ queries: MappedList, _ range: Range<Int>, _ asked: Asked
    ) throws -> Measurement {
        var reader = try engine.makeReader()
        var output: [UInt8] = []
        output.reserveCapacity(bufferSize)
        let timing = try get(&reader, queries, range, asked, &output)
        let memory = anonymousMemory()
        var times: [Int] = []
        let timed = range.prefix(timedCount)
        times.reserveCapacity(timed.count)
        for index in timed {
            output.removeAll(keepingCapacity: true)
            let start = now()
            _ = try reader.get(queries[index], asked, into: &output)
            times.append(now() - start)
        }
        return timing.measurement(times: times, memory: memory)
    }

    @inline(__always)
    private static func get<R: EngineReader>(
        _ reader: inout R, _ queries: MappedList, _ range: Range<Int>, _ asked: Asked,
        _ output: inout [UInt8]
    ) throws -> ChunkTiming {
        var timing = ChunkTiming()
        for start in stride(from: range.lowerBound, to: range.upperBound, by: chunkSize) {
            let end = min(start + chunkSize, range.upperBound)
            let begin = now()
            for index in start..<end {
                output.removeAll(keepingCapacity: true)
                if try reader.get(queries[index], asked, into: &output) { timing.found += 1 }
                timing.bytes += output.count
            }
            timing.add(now() - begin, count: end - start)
        }
        return timing
    }

    /// Batches of keys; times are per key.
    static func batches<E: Engine>(
        _ engine: E, _ queries: MappedList, _ range: Range<Int>
    ) throws -> Measurement {
        var reader = try engine.makeReader()
        var output: [UInt8] = []
        output.reserveCapacity(bufferSize)
        var keys: [UnsafeRawBufferPointer] = []
        var times: [Int] = []
        var timing = ChunkTiming()
        for start in stride(from: range.lowerBound, to: range.upperBound, by: batchSize) {
            keys.removeAll(keepingCapacity: true)
            for index in start..<min(start + batchSize, range.upperBound) {
                keys.append(queries[index])
            }
            output.removeAll(keepingCapacity: true)
            let begin = now()
            timing.found += try reader.getBatch(keys, into: &output)
            let time = now() - begin
            timing.add(time, count: keys.count)
            times.append(time / keys.count)
            timing.bytes += output.count
        }
        return timing.measurement(times: times, memory: anonymousMemory())
    }

    /// Every record, in the store's own order.
    static func scan<E: Engine>(_ engine: E) throws -> Measurement {
        var reader = try engine.makeReader()
        var output: [UInt8] = []
        output.reserveCapacity(bufferSize)
        let start = now()
        let (rows, bytes) = try reader.scan(through: &output)
        return measurement(
            now() - start, per: rows, times: [], memory: anonymousMemory(), found: rows,
            bytes: bytes)
    }

    /// Two threads, each with half of the lookups; time per lookup of both together.
    static func twoThreads<E: Engine>(
        _ engine: E, _ queries: MappedList, _ range: Range<Int>
    ) throws -> Measurement {
        let middle = range.lowerBound + range.count / 2
        let halves = [range.lowerBound..<middle, middle..<range.upperBound]
        let tally = Tally()
        let shared = Shared(engine: engine, queries: queries)
        let threads = try halves.map { half in
            try JoinableThread {
                do {
                    var reader = try shared.engine.makeReader()
                    var output: [UInt8] = []
                    output.reserveCapacity(bufferSize)
                    tally.enter()
                    tally.leave(try get(&reader, shared.queries, half, .all, &output))
                } catch {
                    tally.fail("\(error)")
                }
            }
        }
        for thread in threads { thread.join() }
        return try tally.measurement()
    }

    static func measurement(
        _ elapsed: Int, per count: Int, times: [Int], memory: Int, found: Int, bytes: Int
    ) -> Measurement {
        let times = times.sorted()
        return Measurement(
            nanoseconds: Double(elapsed) / Double(max(1, count)),
            p50: times.isEmpty ? nil : Double(times[times.count / 2]),
            p99: times.isEmpty ? nil : Double(times[times.count * 99 / 100]),
            anonymousMemory: memory, found: found, bytes: bytes)
    }
}

/// The values that two threads share.
///
/// @unchecked: engines make readers from any thread (each says how), and mapped lists are
/// read-only.
private struct Shared<E: Engine>: @unchecked Sendable {
    let engine: E
    let queries: MappedList
}

/// The times of chunks of lookups, per lookup, and what they found.
private struct ChunkTiming {
    private var chunks: [Double] = []
    var found = 0
    var bytes = 0

    mutating func add(_ time: Int, count: Int) { chunks.append(Double(time) / Double(count)) }

    /// Nanoseconds per lookup: the median of the chunks.
    var nanoseconds: Double { chunks.isEmpty ? 0 : chunks.sorted()[chunks.count / 2] }

    func measurement(times: [Int], memory: Int) -> Measurement {
        var measured = Measure.measurement(
            0, per: 1, times: times, memory: memory, found: found, bytes: bytes)
        measured.nanoseconds = nanoseconds
        return measured
    }
}

/// Two threads start together, and their rates and results are added.
private final class Tally: Sendable {
    private struct State {
        var timings: [ChunkTiming] = []
        var failure: String?
    }

    private let state = Mutex(State())
    private let entered = Atomic(0)

    /// Waits for the other, spinning: there are as many processors as threads.
    func enter() {
        entered.add(1, ordering: .acquiringAndReleasing)
        while entered.load(ordering: .acquiring) < 2 {}
    }

    func leave(_ timing: ChunkTiming) { state.withLock { $0.timings.append(timing) } }

    func fail(_ text: String) {
        entered.add(1, ordering: .acquiringAndReleasing)
        state.withLock { $0.failure = text }
    }

    /// Behind the end of both threads.
    func measurement() throws -> Measurement {
        let state = state.withLock { $0 }
        if let failure = state.failure { throw Failure(failure) }
        let rate = state.timings.reduce(0) { $0 + 1 / $1.nanoseconds }
        return Measurement(
            nanoseconds: 1 / rate, p50: nil, p99: nil, anonymousMemory: anonymousMemory(),
            found: state.timings.reduce(0) { $0 + $1.found },
            bytes: state.timings.reduce(0) { $0 + $1.bytes })
    }
}
