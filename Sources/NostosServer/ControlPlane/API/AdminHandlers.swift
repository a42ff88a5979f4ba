import Nostos

/// The routes that change something; each is one event, with the caller as its actor.
struct AdminHandlers: Sendable {
    let catalog: CatalogHandlers

    /// Promotes a version; with `force`, which needs the scope `admin` and a reason, also one that
    /// failed its checks.
    func promote(_ request: ControlRequest) async throws -> ControlAnswer {
        let body = try await ControlBody(
            reading: request, names: ["version", "force", "reason"])
        let version = try ControlBody.require(try body.version("version"), "version")
        let isForced = try body.flag("force") ?? false
        var reason = try body.text("reason")
        if isForced {
            guard request.caller.scope >= .admin else {
                throw ControlProblem(Access.Refusal.scope(needed: .admin))
            }
            reason = try ControlBody.require(reason, "reason")
        }
        return try await change(request) { [reason] catalog, job, actor, tag in
            try catalog.promote(
                job: job, version: version, isForced: isForced, reason: reason, actor: actor,
                expected: tag)
        }
    }

    func rollback(_ request: ControlRequest) async throws -> ControlAnswer {
        let body = try await ControlBody(reading: request, names: ["to", "reason"])
        let target = try body.version("to")
        let reason = try ControlBody.require(try body.text("reason"), "reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.rollBack(
                job: job, to: target, reason: reason, actor: actor, expected: tag)
        }
    }

    func hold(_ request: ControlRequest) async throws -> ControlAnswer {
        let body = try await ControlBody(reading: request, names: ["reason"])
        let reason = try ControlBody.require(try body.text("reason"), "reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.hold(job: job, reason: reason, actor: actor, expected: tag)
        }
    }

    func release(_ request: ControlRequest) async throws -> ControlAnswer {
        let body = try await ControlBody(reading: request, names: ["reason"])
        let reason = try body.text("reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.release(job: job, reason: reason, actor: actor, expected: tag)
        }
    }

    /// Removes the job: it is served no more, and its history stays.
    func remove(_ request: ControlRequest) async throws -> ControlAnswer {
        guard let reason = request.query("reason") else {
            throw ControlProblem(.badRequest, "The query lacks a parameter.", name: "reason")
        }
        return try await change(request) { catalog, job, actor, tag in
            try catalog.remove(job: job, reason: reason, actor: actor, expected: tag)
        }
    }

    func drop(_ request: ControlRequest) async throws -> ControlAnswer {
        let number = try request.versionNumber()
        let reason = request.query("reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.drop(
                job: job, version: number, reason: reason, actor: actor, expected: tag)
        }
    }

    /// Makes the change and answers with the job after it.
    private func change(
        _ request: ControlRequest,
        _ verb: @escaping @Sendable (Catalog, String, String, String?) throws -> JobState
    ) async throws -> ControlAnswer {
        let state = try await catalog.state(request)
        let tag = try request.expectedTag(of: state)
        let actor = request.caller.name
        let after = try await catalog.work { catalog in
            try verb(catalog, state.name, actor, tag)
        }
        return try ControlAnswer.document(JobDocument(state: after), tag: after.stateTag)
    }
}
