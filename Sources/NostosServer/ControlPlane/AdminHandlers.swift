import Hummingbird
import HummingbirdCore
import Nostos

/// The routes that change something; each is one event, with the caller as its actor.
struct AdminHandlers: Sendable {
    let catalog: CatalogHandlers

    func promote(_ request: ControlRequest) async throws -> Response {
        let body = try await ControlBody(reading: request.request, names: ["version", "reason"])
        let version = try ControlBody.require(try body.version("version"), "version")
        let reason = try body.text("reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.promote(
                job: job, version: version, reason: reason, actor: actor, expected: tag)
        }
    }

    func rollback(_ request: ControlRequest) async throws -> Response {
        let body = try await ControlBody(reading: request.request, names: ["to", "reason"])
        let target = try body.version("to")
        let reason = try ControlBody.require(try body.text("reason"), "reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.rollBack(
                job: job, to: target, reason: reason, actor: actor, expected: tag)
        }
    }

    func hold(_ request: ControlRequest) async throws -> Response {
        let body = try await ControlBody(reading: request.request, names: ["reason"])
        let reason = try ControlBody.require(try body.text("reason"), "reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.hold(job: job, reason: reason, actor: actor, expected: tag)
        }
    }

    func release(_ request: ControlRequest) async throws -> Response {
        _ = try await ControlBody(reading: request.request, names: [])
        return try await change(request) { catalog, job, actor, tag in
            try catalog.release(job: job, actor: actor, expected: tag)
        }
    }

    func drop(_ request: ControlRequest) async throws -> Response {
        let number = try ControlRequest.number(request.parameter("version"))
        let reason = request.query("reason")
        return try await change(request) { catalog, job, actor, tag in
            try catalog.drop(
                job: job, version: number, reason: reason, actor: actor, expected: tag)
        }
    }

    /// Makes the change, and shows the job afterwards.
    private func change(
        _ request: ControlRequest,
        _ verb: @escaping @Sendable (Catalog, String, String, String?) throws -> JobState
    ) async throws -> Response {
        let state = try await catalog.state(request)
        let tag = try request.expectedTag(of: state)
        let actor = request.caller.name
        let after = try await catalog.work { catalog in
            try verb(catalog, state.name, actor, tag)
        }
        return try ControlAnswer.document(JobDocument(state: after), tag: after.stateTag)
    }
}
