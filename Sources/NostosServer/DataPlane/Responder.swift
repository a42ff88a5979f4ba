import Nostos

/// Makes answers: a request and a snapshot of the store in, bytes out, without I/O or a clock.
///
/// One for each thread: it keeps its scratch memory and what it prepared for a snapshot's versions
/// from request to request.
struct Responder {
    /// A lookup's answer ends here at the latest, in bytes, if it has more than one key.
    static let maxLookupSize = 16 << 20

    /// The last error of a table, for the transport to log and clear.
    var tableError: TableError?

    var jobs: ServedJobs?
    var head = AnswerHead()
    var body: [UInt8] = []
    var key = RequestedKey()

    /// Drops what it holds of any other snapshot than this one, so that files can be freed.
    mutating func use(_ snapshot: StoreSnapshot) {
        guard jobs?.snapshot !== snapshot else { return }
        jobs = ServedJobs(snapshot)
    }

    /// Appends the answer to a request whose ranges are of `bytes`.
    ///
    /// The whole answer is from `snapshot`. `isDraining` says that the server is about to end, and
    /// so is not ready for more; `isLast` that the connection is closed after the answer.
    mutating func answer(
        _ request: Request, in bytes: Span<UInt8>, from snapshot: StoreSnapshot, time: AnswerTime,
        isDraining: Bool, isLast: Bool, to output: inout [UInt8]
    ) {
        use(snapshot)
        head = AnswerHead()
        body.removeAll(keepingCapacity: true)
        do throws(Problem) {
            guard let route = Route(bytes, path: request.path) else {
                throw Problem(
                    .notFound, "The data plane has no such path.",
                    name: bytes.extracting(request.path))
            }
            switch route {
            case .alive:
                try allow(request.method, isRead: true)
                body.append(ascii: "{\"status\":\"alive\"}")
            case .ready:
                try allow(request.method, isRead: true)
                try answerReady(snapshot, isDraining: isDraining)
            case .record(let job, let version, let key):
                try allow(request.method, isRead: true)
                try answerRecord(request, bytes, job: job, version: version, key: key)
            case .lookup(let job):
                try allow(request.method, isRead: false)
                try answerLookup(request, bytes, job: job)
            }
        } catch {
            become(error)
        }
        finish(time: time, isLast: isLast, hasBody: request.method != .head, to: &output)
    }

    /// Appends the answer to bytes that are no request; the connection is closed after it.
    mutating func refuse(_ refusal: Refusal, time: AnswerTime, to output: inout [UInt8]) {
        head = AnswerHead()
        become(Problem(refusal))
        finish(time: time, isLast: true, hasBody: true, to: &output)
    }

    private mutating func finish(
        time: AnswerTime, isLast: Bool, hasBody: Bool, to output: inout [UInt8]
    ) {
        head.append(size: body.count, time: time, isLast: isLast, to: &output)
        if hasBody, !head.isEmpty { output.append(body.span) }
        // One large answer must not hold its memory for ever.
        if body.capacity > 1 << 20 { body = [] }
        head.version = nil
    }

    /// Makes the answer under way a problem; what the head says of the version stays.
    private mutating func become(_ problem: Problem) {
        begin(problem.kind)
        head.allow = problem.allow
        problem.append(to: &body)
    }

    mutating func begin(_ kind: ProblemKind) {
        (head.code, head.reason) = kind.status
        head.isProblem = true
        head.isTagged = false
        if head.version != nil { head.caching = .checked }
        body.removeAll(keepingCapacity: true)
    }

    private func allow(_ method: Request.Method, isRead: Bool) throws(Problem) {
        switch method {
        case .get, .head: if isRead { return }
        case .post, .query: if !isRead { return }
        case .other: break
        }
        var problem = Problem(.methodNotAllowed, "See the Allow field for what it takes.")
        problem.allow = isRead ? "GET, HEAD" : "POST, QUERY"
        throw problem
    }
}

// MARK: - Health

extension Responder {
    /// Ready is who serves every job's current version, and is not about to end.
    ///
    /// A catalog that cannot be read makes unready only who never read it: the others go on with
    /// what they have.
    private mutating func answerReady(
        _ snapshot: StoreSnapshot, isDraining: Bool
    ) throws(Problem) {
        guard !isDraining else { throw Problem(.notReady, "The server is about to end.") }
        guard snapshot.generation > 0 || snapshot.problems.isEmpty else {
            throw Problem(.notReady, "The catalog cannot be read.")
        }
        let jobs = snapshot.jobs.values.filter { job in
            guard let number = job.state.currentNumber else { return false }
            return job[number] == nil
        }
        guard !jobs.isEmpty else {
            body.append(ascii: "{\"status\":\"ready\"}")
            return
        }
        begin(.notReady)
        ProblemKind.notReady.open(
            detail: "Current versions cannot be opened.", name: [UInt8]().span, to: &body)
        body.append(ascii: ",\"jobs\":[")
        for (index, name) in jobs.map(\.name).sorted().enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            JSONText.append(name, to: &body)
        }
        body.append(ascii: "]}")
    }
}
