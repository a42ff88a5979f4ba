import Nostos

/// The routes of the responder: each names the part that answers it.
extension Responder {
    /// Answers a request whose path has no route.
    ///
    /// It tries again with the escapes of characters decoded that need none (RFC 3986 §6.2.2.2),
    /// such as `/v1/jobs/us%65rs/rows`.
    mutating func answerSpelled(
        _ request: Request, _ bytes: Span<UInt8>, _ state: RequestState, _ problem: Problem
    ) {
        let path = bytes.extracting(request.path)
        guard [.notFound, .jobNotFound, .versionNotFound].contains(problem.kind),
            PercentDecoding.isNeeded(path)
        else { return become(problem) }
        // Behind the request, so that no other part of it moves.
        var copy: [UInt8] = []
        copy.append(bytes.extracting(..<request.body.upperBound))
        PercentDecoding.normalize(path, into: &copy)
        var spelled = request
        spelled.path = request.body.upperBound..<copy.count
        spelled.likeness = 0
        begin(request, state)
        do throws(Problem) { try respond(spelled, copy.span, state) } catch { become(error) }
    }

    mutating func respond(
        _ request: Request, _ bytes: Span<UInt8>, _ state: RequestState
    ) throws(Problem) {
        if isLocalOnly { try checkHost(request, bytes) }
        guard request.method != .other else {
            throw Problem(.unknownMethod, "The server does not know this method.")
        }
        guard let route = Route(bytes, path: request.path) else {
            throw Problem(
                .notFound, "The data plane has no such path.", name: bytes.extracting(request.path))
        }
        self.route = route.name
        guard request.method != .options else { return answerOptions(route) }
        guard route.takes(request.method) else {
            var problem = Problem(.methodNotAllowed, "See the Allow field for what it takes.")
            problem.allow = route.methods
            throw problem
        }
        if let access, !route.isOpen(query: request.query) {
            token = try access.check(
                bytes.extracting(request.authorization), seconds: state.time.seconds)
        }
        switch route {
        case .record(let job, let version, let key):
            try answerRecord(request, bytes, job: job, version: version, key: key)
        case .lookup(let job): try answerLookup(request, bytes, job: job, state.time)
        case .lookups: try answerLookups(request, bytes, state.time)
        case .rows(let job, let version):
            rest = try answerRows(request, bytes, job: job, version: version).map { .rows($0) }
        case .jobs: try answerJobs(request, bytes, state)
        case .alive: body.append(ascii: "{\"status\":\"alive\"}")
        case .ready:
            let query = bytes.extracting(request.query)
            if let text = QueryText.canonical(query) {
                try answerReady(state, query: text.span)
            } else {
                try answerReady(state, query: query)
            }
        case .metrics: try answerMetrics(request, bytes, state.snapshot)
        case .document:
            head.caching = .checked
            body.append(contentsOf: DataPlaneAPI.bytes)
        case .server: break
        }
    }

    private mutating func answerReady(
        _ state: RequestState, query: Span<UInt8>
    ) throws(Problem) {
        try answerReady(
            state.snapshot, query: query, time: state.time, isDraining: state.isEnding)
    }

    /// Refuses a host that could be another site's name for this machine, see ``LocalHost``.
    private mutating func checkHost(
        _ request: Request, _ bytes: Span<UInt8>
    ) throws(Problem) {
        guard request.likeness == 0 || request.likeness != localLikeness else { return }
        let host = bytes.extracting(request.host)
        guard LocalHost.isLocal(host) else {
            throw Problem(
                .forbidden,
                "Without tokens the server answers to local names only, such as localhost.",
                name: host)
        }
        localLikeness = request.likeness
    }

    /// Answers the methods that a path accepts, without a token: a browser's preflight has none.
    private mutating func answerOptions(_ route: Route) {
        (head.code, head.reason, head.isEmpty) = ("204", "No Content", true)
        head.allow = route.methods
    }

    /// Lets pages of allowed origins read the answer.
    mutating func addOrigin(
        _ request: Request, _ bytes: Span<UInt8>, _ crossOrigin: CrossOrigin
    ) {
        head.varies.insert(.origin)
        guard request.traits.contains(.origin) else { return }
        var lines = FieldLines(request, in: bytes)
        guard let origin = lines.next("origin") else { return }
        var preflight = FieldLines(request, in: bytes)
        let isPreflight =
            request.method == .options && preflight.next("access-control-request-method") != nil
        head.originLines = crossOrigin.lines(for: lines.text(origin), isPreflight: isPreflight)
    }
}

/// The state from which a request is answered.
struct RequestState {
    /// The snapshot from which the whole answer is made.
    let snapshot: StoreSnapshot
    let time: AnswerTime
    /// Whether the server is about to end and therefore not ready.
    let isEnding: Bool
    /// Whether the connection is closed after the answer.
    let isLast: Bool
}

extension Route {
    fileprivate var name: RouteName {
        switch self {
        case .alive, .ready: .health
        case .metrics: .metrics
        case .document: .document
        case .record: .record
        case .lookup: .lookup
        case .lookups: .lookups
        case .rows: .rows
        case .jobs: .jobs
        case .server: .none
        }
    }
}
