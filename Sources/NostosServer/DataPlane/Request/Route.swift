/// The resource that a path names; ranges are of the request's bytes, still percent-encoded.
enum Route: Equatable {
    /// `/livez`: the process is alive.
    case alive
    /// `/readyz`: every job's current table is open.
    case ready
    /// `/metrics`: the counts.
    case metrics
    /// `/v1/openapi.json`: the data plane's own description.
    case document
    /// `/v1/jobs/{job}/keys/{key}` and `/v1/jobs/{job}/versions/{version}/keys/{key}`.
    case record(job: Range<Int>, version: Range<Int>?, key: Range<Int>)
    /// `/v1/jobs/{job}/lookup`.
    case lookup(job: Range<Int>)
    /// `/v1/lookup`: of several jobs.
    case lookups
    /// `/v1/jobs/{job}/rows` and `/v1/jobs/{job}/versions/{version}/rows`.
    case rows(job: Range<Int>, version: Range<Int>?)
    /// `/` and `/v1/jobs`: the list of jobs.
    case jobs
    /// `*`: the server as a whole, for OPTIONS.
    case server

    /// The route of a path, or nil when there is none.
    init?(_ bytes: Span<UInt8>, path: Range<Int>) {
        let prefix: StaticString = "/v1/jobs/"
        guard bytes.starts(with: prefix, at: path.lowerBound) else {
            switch path.count {
            // An absolute target may have no path.
            case 0: self = .jobs
            case 1: self = bytes[path.lowerBound] == UInt8(ascii: "*") ? .server : .jobs
            case 8 where bytes.equals("/v1/jobs", in: path): self = .jobs
            case 6 where bytes.equals("/livez", in: path): self = .alive
            case 7 where bytes.equals("/readyz", in: path): self = .ready
            case 8 where bytes.equals("/metrics", in: path): self = .metrics
            case 10 where bytes.equals("/v1/lookup", in: path): self = .lookups
            case 16 where bytes.equals("/v1/openapi.json", in: path): self = .document
            default: return nil
            }
            return
        }
        let slash = UInt8(ascii: "/")
        let start = path.lowerBound + prefix.utf8CodeUnitCount
        guard start <= path.upperBound else { return nil }
        let job = start..<bytes.end(at: slash, in: start..<path.upperBound)
        var rest = job.upperBound..<path.upperBound
        if bytes.equals("/lookup", in: rest) {
            self = .lookup(job: job)
            return
        }
        var version: Range<Int>?
        if let inner = Self.behind("/versions/", bytes, rest) {
            let segment = inner.lowerBound..<bytes.end(at: slash, in: inner)
            version = segment
            rest = segment.upperBound..<path.upperBound
        }
        if bytes.equals("/rows", in: rest) {
            self = .rows(job: job, version: version)
            return
        }
        guard let key = Self.behind("/keys/", bytes, rest),
            bytes.end(at: slash, in: key) == key.upperBound
        else { return nil }
        self = .record(job: job, version: version, key: key)
    }

    /// The methods that the route accepts, as `Allow` has them.
    var methods: StaticString {
        switch self {
        case .alive, .ready, .metrics, .document, .record, .rows, .jobs: "GET, HEAD, OPTIONS"
        case .lookup, .lookups: "POST, QUERY, OPTIONS"
        case .server: Self.allMethods
        }
    }

    /// The methods that any route accepts.
    static let allMethods: StaticString = "GET, HEAD, POST, QUERY, OPTIONS"

    /// Whether the route accepts that method; OPTIONS is answered for all.
    func takes(_ method: Request.Method) -> Bool {
        switch self {
        case .alive, .ready, .metrics, .document, .record, .rows, .jobs:
            method == .get || method == .head
        case .lookup, .lookups: method == .post || method == .query
        case .server: false
        }
    }

    /// Whether the answer shows nothing of the store's contents, so that probes need no token.
    func isOpen(query: Range<Int>) -> Bool {
        switch self {
        case .alive, .document: true
        case .ready: query.isEmpty
        case .metrics, .record, .lookup, .lookups, .rows, .jobs, .server: false
        }
    }

    /// The part of `range` after `prefix`, or nil when it does not begin with it.
    private static func behind(
        _ prefix: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Range<Int>? {
        let size = prefix.utf8CodeUnitCount
        guard range.count >= size, bytes.starts(with: prefix, at: range.lowerBound) else {
            return nil
        }
        return range.lowerBound + size..<range.upperBound
    }
}
