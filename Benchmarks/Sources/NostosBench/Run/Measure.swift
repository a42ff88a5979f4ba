import Synchronization

/// The measuring loops, the same for every engine and specialised for each.
enum Measure {
    static let batchSize = 100
    /// Single lookups that are timed one by one, behind those that are timed together.
    private static let timedCount = 20_000
    private static let bufferSize = 1 << 16

    /// Lookups one after another.
    static func gets<E: Engine>(
        _ engine: E, _ queries: MappedList, _ range: Range<Int>, _ asked: Asked
    ) throws -> Measurement {
        var reader = try engine.makeReader()
        var output: [UInt8] = []
        output.reserveCapacity(bufferSize)
        let start = now()
        let (found, bytes) = try get(&reader, queries, range, asked, &output)
        let elapsed = now() - start
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
        return measurement(
            elapsed, per: range.count, times: times, memory: memory, found: found, bytes: bytes)
    }

    @inline(__always)
    private static func get<R: EngineReader>(
        _ reader: inout R, _ queries: MappedList, _ range: Range<Int>, _ asked: Asked,
        _ output: inout [UInt8]
    ) throws -> (found: Int, bytes: Int) {
        var (found, bytes) = (0, 0)
        for index in range {
            output.removeAll(keepingCapacity: true)
            if try reader.get(queries[index], asked, into: &output) { found += 1 }
            bytes += output.count
        }
        return (found, bytes)
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
        var (found, bytes, elapsed) = (0, 0, 0)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: batchSize) {
            keys.removeAll(keepingCapacity: true)
            for index in start..<min(start + batchSize, range.upperBound) {
                keys.append(queries[index])
            }
            output.removeAll(keepingCapacity: true)
            let begin = now()
            found += try reader.getBatch(keys, into: &output)
            let time = now() - begin
            elapsed += time
            times.append(time / keys.count)
            bytes += output.count
        }
        return measurement(
            elapsed, per: range.count, times: times, memory: anonymousMemory(), found: found,
            bytes: bytes)
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

    /// Two threads, each with half of the lookups; wall time per lookup of both together.
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
                    let (found, bytes) = try get(
                        &reader, shared.queries, half, .all, &output)
                    tally.leave(found: found, bytes: bytes)
                } catch {
                    tally.fail("\(error)")
                }
            }
        }
        for thread in threads { thread.join() }
        return measurement(
            try tally.elapsed(), per: range.count, times: [], memory: anonymousMemory(),
            found: tally.found, bytes: tally.bytes)
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

/// What two threads share.
///
/// @unchecked: engines make readers from any thread (each says how), and mapped lists are
/// read-only.
private struct Shared<E: Engine>: @unchecked Sendable {
    let engine: E
    let queries: MappedList
}

/// Two threads start together, and their results are added.
private final class Tally: Sendable {
    private struct State {
        var entered = 0
        var start = 0
        var end = 0
        var found = 0
        var bytes = 0
        var failure: String?
    }

    private let state = Mutex(State())
    private let entered = Atomic(0)

    var found: Int { state.withLock(\.found) }
    var bytes: Int { state.withLock(\.bytes) }

    /// Waits for the other, spinning: there are as many processors as threads.
    func enter() {
        entered.add(1, ordering: .acquiringAndReleasing)
        while entered.load(ordering: .acquiring) < 2 {}
        state.withLock { if $0.start == 0 { $0.start = now() } }
    }

    func leave(found: Int, bytes: Int) {
        state.withLock {
            $0.end = now()
            $0.found += found
            $0.bytes += bytes
        }
    }

    func fail(_ text: String) {
        entered.add(1, ordering: .acquiringAndReleasing)
        state.withLock { $0.failure = text }
    }

    func elapsed() throws -> Int {
        try state.withLock {
            if let failure = $0.failure { throw Failure(failure) }
            return $0.end - $0.start
        }
    }
}
