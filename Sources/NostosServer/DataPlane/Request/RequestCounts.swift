import Nostos
import SystemPackage

/// The names of routes in metrics.
public enum RouteName: Int, CaseIterable, Sendable {
    /// One key of one job.
    case record
    /// Many keys of one job.
    case lookup
    /// Many keys of several jobs.
    case lookups
    /// Keys in their order.
    case rows
    /// `/livez` and `/readyz`.
    case health
    /// `/metrics`.
    case metrics
    /// `/v1/openapi.json`.
    case document
    /// `/` and `/v1/jobs`.
    case jobs
    /// No route: unknown paths, and bytes that are not a request.
    case none
}

/// The counts of answers, by route, status code, time taken and job.
///
/// Each thread of the data plane counts for itself and adds to the process's counts once a second.
public struct RequestCounts: Sendable {
    /// The upper bounds of the time classes, in nanoseconds; one more class lies above the last.
    public static let timeBounds = [
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
        25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
    ]
    /// The status codes that answers have.
    public static let codes = [
        200, 204, 304, 400, 401, 403, 404, 405, 410, 412, 413, 414, 415, 417, 431, 501, 503, 505,
    ]

    /// The counts of one route.
    public struct Route: Sendable {
        /// Answers by status code, in the order of ``RequestCounts/codes``.
        public internal(set) var answers = [UInt64](repeating: 0, count: codes.count)
        /// Answers by the time from the request's last byte to the answer's first, not cumulative.
        public internal(set) var times = [UInt64](repeating: 0, count: timeBounds.count + 1)
        /// The sum of these times, in nanoseconds.
        public internal(set) var nanoseconds: UInt64 = 0
    }

    /// The requested keys of a job.
    public struct Lookups: Sendable, Equatable {
        /// The number of lookups that found a record.
        public internal(set) var found: UInt64 = 0
        /// The number of lookups that found none.
        public internal(set) var missing: UInt64 = 0
    }

    /// Keys that were asked for of the version that a job serves, since this process switched to
    /// it.
    public struct Current: Sendable, Equatable {
        /// The version's number.
        public internal(set) var version: Int
        /// When this process switched to it, in microseconds since 1970.
        public internal(set) var since: Int64
        /// The keys.
        public internal(set) var lookups = Lookups()
    }

    /// The counts by the number of ``RouteName``.
    public private(set) var routes = [Route](repeating: Route(), count: RouteName.allCases.count)
    /// The lookups by the job's name.
    public private(set) var lookups: [String: Lookups] = [:]
    /// By the job's name; only of jobs that were asked for.
    public private(set) var current: [String: Current] = [:]

    /// Reads that failed because a table is damaged, by the job's name.
    public private(set) var damages: [String: UInt64] = [:]

    /// Nothing counted.
    public init() {}

    /// Counts a failed read; the file's name holds the job's name.
    mutating func countDamage(_ error: TableError) {
        guard case .corrupt(let file, _, _, _) = error,
            let name = file.lastComponent.flatMap({ TableName($0.string) })
        else { return }
        damages[name.job, default: 0] += 1
    }

    /// Counts an answer by its code, such as `200`, and its duration.
    @inline(__always)
    mutating func count(_ route: RouteName, code: StaticString, nanoseconds: Int64) {
        var number = 0
        for index in 0..<code.utf8CodeUnitCount {
            number = number * 10 + Int(code.byte(at: index) & 15)
        }
        let time = Int(max(0, nanoseconds))
        var place = 0
        while place < Self.codes.count - 1, Self.codes[place] < number { place += 1 }
        var bucket = 0
        while bucket < Self.timeBounds.count, Self.timeBounds[bucket] < time { bucket += 1 }
        routes[route.rawValue].answers[place] += 1
        routes[route.rawValue].times[bucket] += 1
        routes[route.rawValue].nanoseconds += UInt64(time)
    }

    /// The first of ``timeBounds``.
    static var shortestTime: Int64 { 50_000 }

    /// Counts found records, each of the first time class.
    mutating func countRecords(_ count: UInt64, nanoseconds: UInt64) {
        routes[RouteName.record.rawValue].answers[0] += count
        routes[RouteName.record.rawValue].times[0] += count
        routes[RouteName.record.rawValue].nanoseconds += nanoseconds
    }

    /// Counts keys of a job.
    mutating func count(job: String, _ counts: Lookups) {
        lookups[job, default: Lookups()].found += counts.found
        lookups[job, default: Lookups()].missing += counts.missing
    }

    /// Counts keys of a job's version that is served since then; late counts of a version that was
    /// served before are left out.
    mutating func count(job: String, current version: Int, since: Int64, _ counts: Lookups) {
        let known = current[job]
        if let known, known.since > since { return }
        let isKnown = known?.since == since && known?.version == version
        var next = Current(version: version, since: since)
        if isKnown, let known { next = known }
        next.lookups.found += counts.found
        next.lookups.missing += counts.missing
        current[job] = next
    }

    /// Adds the counts of another thread.
    mutating func add(_ other: RequestCounts) {
        for (index, route) in other.routes.enumerated() {
            for place in route.answers.indices {
                routes[index].answers[place] += route.answers[place]
            }
            for place in route.times.indices { routes[index].times[place] += route.times[place] }
            routes[index].nanoseconds += route.nanoseconds
        }
        for (job, counts) in other.lookups { count(job: job, counts) }
        for (job, now) in other.current {
            count(job: job, current: now.version, since: now.since, now.lookups)
        }
        for (job, count) in other.damages { damages[job, default: 0] += count }
    }
}

/// The counts of all threads of the data plane, at most a second old.
public final class RequestStatistics: Sendable {
    private let counts = Lock(RequestCounts())

    /// Nothing counted.
    public init() {}

    /// The counts so far.
    public var total: RequestCounts { counts.withLock { $0 } }

    func add(_ other: RequestCounts) { counts.withLock { $0.add(other) } }
}
