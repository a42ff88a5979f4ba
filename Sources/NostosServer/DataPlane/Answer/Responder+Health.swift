import Nostos

extension Responder {
    /// Answers whether the server is ready: it serves every job's current version and is not about
    /// to end.
    ///
    /// A catalog that cannot be read makes a server unready only if it has never read it; otherwise
    /// it serves what it has. `?verbose` shows each job and whether it is older than its limit.
    /// That makes `status` `stale` and leaves the code, because old data is better than none.
    mutating func answerReady(
        _ snapshot: StoreSnapshot, query: Span<UInt8>, time: AnswerTime, isDraining: Bool
    ) throws(Problem) {
        let whole = 0..<query.count
        let isVerbose = query.equals("verbose", in: whole) || query.equals("verbose=", in: whole)
        guard isVerbose || query.isEmpty else {
            throw Problem(.badRequest, "The only query of this path is: verbose.", name: query)
        }
        guard !isDraining else { throw Problem(.notReady, "The server is about to end.") }
        guard snapshot.generation > 0 || snapshot.problems.isEmpty else {
            throw Problem(.notReady, "The catalog cannot be read.")
        }
        let jobs = snapshot.jobs.values.sorted { $0.name < $1.name }
        guard jobs.contains(where: { $0.state.currentNumber != nil }) else {
            throw Problem(.notReady, "There is no job yet: nothing was published.")
        }
        let unopened = jobs.filter { !$0.isServedAsTheCatalogSays }
        if unopened.isEmpty {
            let now = time.seconds * 1_000_000
            let isStale = isVerbose && jobs.contains { $0.current?.record.isStale(at: now) == true }
            body.append(ascii: isStale ? "{\"status\":\"stale\"" : "{\"status\":\"ready\"")
        } else {
            begin(.notReady)
            ProblemKind.notReady.open(
                detail: "Current versions cannot be opened.", name: [UInt8]().span, to: &body)
        }
        if isVerbose {
            let reach = token?.reach ?? .all
            appendList(jobs.filter { reach.includes($0.name) }) { job, body in
                Self.append(job, time: time, to: &body)
            }
        } else if !unopened.isEmpty {
            appendList(unopened) { job, body in JSONText.append(job.name, to: &body) }
        }
        body.append(UInt8(ascii: "}"))
    }

    private mutating func appendList(
        _ jobs: [JobSnapshot], _ append: (JobSnapshot, inout [UInt8]) -> Void
    ) {
        body.append(ascii: ",\"jobs\":[")
        for (index, job) in jobs.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            append(job, &body)
        }
        body.append(UInt8(ascii: "]"))
    }

    /// Appends an object such as
    /// `{"job":"a","ready":true,"version":3,"age":5,"max_age":60,"stale":false}`.
    private static func append(_ job: JobSnapshot, time: AnswerTime, to body: inout [UInt8]) {
        body.append(ascii: "{\"job\":")
        JSONText.append(job.name, to: &body)
        body.append(
            ascii: job.isServedAsTheCatalogSays ? ",\"ready\":true" : ",\"ready\":false")
        if let version = job.current {
            body.append(ascii: ",\"version\":")
            JSONText.append(int64: Int64(version.number), to: &body)
            body.append(ascii: ",\"age\":")
            JSONText.append(
                int64: max(0, time.seconds - version.publishedAt / 1_000_000), to: &body)
            if let limit = version.record.maxAge {
                body.append(ascii: ",\"max_age\":")
                JSONText.append(int64: limit / 1_000_000, to: &body)
            }
            let isStale = version.record.isStale(at: time.seconds * 1_000_000)
            body.append(ascii: isStale ? ",\"stale\":true" : ",\"stale\":false")
        }
        body.append(UInt8(ascii: "}"))
    }

    /// The counts, in Prometheus's text format.
    mutating func answerMetrics(
        _ request: Request, _ bytes: Span<UInt8>, _ snapshot: StoreSnapshot
    ) throws(Problem) {
        guard let metrics else {
            throw Problem(
                .notFound, "The data plane has no such path.",
                name: bytes.extracting(request.path))
        }
        guard token?.reach.isAll ?? true else {
            throw Problem(.forbidden, "The metrics name all jobs: send a token that is for all.")
        }
        head.media = .metrics
        body.append(contentsOf: metrics(snapshot))
    }
}

extension JobSnapshot {
    /// Whether the current version is open, where there is one.
    fileprivate var isServedAsTheCatalogSays: Bool {
        state.currentNumber.map { self[$0] != nil } ?? true
    }
}
