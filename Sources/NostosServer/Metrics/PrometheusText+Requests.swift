extension RouteName {
    /// The value of the label `route`.
    var label: String {
        switch self {
        case .record: "record"
        case .lookup: "lookup"
        case .lookups: "lookups"
        case .rows: "rows"
        case .health: "health"
        case .metrics: "metrics"
        case .document: "openapi"
        case .jobs: "jobs"
        case .none: "none"
        }
    }
}

extension PrometheusText {
    /// Appends the counts of the data plane's threads.
    ///
    /// `served` are the jobs that have a version. Their damages are shown from 0 on: `increase()`
    /// does not see the first of a series that begins with 1.
    mutating func append(_ counts: RequestCounts, served: some Sequence<String> = [String]()) {
        let routes = zip(RouteName.allCases.map(\.label), counts.routes)
            .filter { $0.1.count > 0 }
        begin("nostos_http_requests_total", .counter, "Requests answered, by route and status.")
        for (name, route) in routes {
            for (code, count) in zip(RequestCounts.codes, route.answers) where count > 0 {
                sample([("route", name), ("code", String(code))], value: count)
            }
        }
        begin(
            "nostos_http_request_duration_seconds", .histogram,
            "From a whole request to its answer, without the network.")
        for (name, route) in routes { append(route, [("route", name)]) }
        let jobs = counts.lookups.sorted { $0.key < $1.key }
        begin("nostos_lookups_total", .counter, "Keys looked up, by job and result.")
        for (job, lookups) in jobs {
            sample([("job_name", job), ("result", "found")], value: lookups.found)
            sample([("job_name", job), ("result", "missing")], value: lookups.missing)
        }
        begin(
            "nostos_checksum_errors_total", .counter,
            "Reads that failed because a table is damaged.")
        let damages = counts.damages.merging(served.lazy.map { ($0, 0) }) { count, _ in count }
        for (job, count) in damages.sorted(by: { $0.key < $1.key }) {
            sample([("job_name", job)], value: count)
        }
    }

    private mutating func append(_ route: RequestCounts.Route, _ labels: [Label]) {
        var below: UInt64 = 0
        for (bound, count) in zip(RequestCounts.timeBounds, route.times) {
            below += count
            let limit = Self.seconds(UInt64(bound), perSecond: 1_000_000_000)
            sample(labels + [("le", limit)], suffix: "_bucket", value: below)
        }
        sample(labels + [("le", "+Inf")], suffix: "_bucket", value: route.count)
        sample(labels, suffix: "_sum", value: route.nanoseconds, perSecond: 1_000_000_000)
        sample(labels, suffix: "_count", value: route.count)
    }
}

extension RequestCounts.Route {
    /// All answers of the route.
    fileprivate var count: UInt64 { times.reduce(0, +) }
}
