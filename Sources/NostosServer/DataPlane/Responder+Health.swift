import Nostos

extension Responder {
    /// Ready is who serves every job's current version, and is not about to end.
    ///
    /// A catalog that cannot be read makes unready only who never read it: the others go on with
    /// what they have.
    mutating func answerReady(
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

    /// What was counted, as Prometheus reads it.
    mutating func answerMetrics(
        _ request: Request, _ bytes: Span<UInt8>, _ snapshot: StoreSnapshot
    ) throws(Problem) {
        guard let metrics else {
            throw Problem(
                .notFound, "The data plane has no such path.",
                name: bytes.extracting(request.path))
        }
        head.media = .metrics
        body.append(contentsOf: metrics(snapshot))
    }
}
