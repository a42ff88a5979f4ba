import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Nostos

/// The control plane's answers without its sockets: every route of ``ControlRoute``.
struct ControlRouter: Sendable {
    let catalog: Catalog
    let gate: ControlGate
    let log: RequestLog?
    let logger: Logger
    private let diffs = DiffWorker()
    private let records: DataPlaneAnswers?

    /// The routes over that catalog, and over the tables that `store` has open.
    init(
        catalog: Catalog, store: Store? = nil, gate: ControlGate, log: RequestLog?,
        logger: Logger
    ) {
        (self.catalog, self.gate, self.log, self.logger) = (catalog, gate, log, logger)
        records = store.map(DataPlaneAnswers.init)
    }

    /// Hummingbird's router with all routes.
    func build() -> RouterResponder<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: AnswerMiddleware(logger: logger, log: log))
        for route in ControlRoute.allCases {
            let path = route.path.split(separator: "/").map { part in
                part.hasPrefix("{") ? ":\(part.dropFirst().dropLast())" : String(part)
            }
            let routerPath = RouterPath(path.joined(separator: "/"))
            let gate = gate
            let methods: [HTTPRequest.Method] =
                route.method == .get ? [.get, .head] : [route.method]
            for method in methods {
                router.on(routerPath, method: method) { request, context in
                    let caller = try gate.caller(request, of: route)
                    context.note.set(caller: caller.name)
                    try ControlRequest.check(query: request, of: route)
                    return try await answer(
                        ControlRequest(
                            request: request, route: route, context: context, caller: caller))
                }
            }
        }
        return router.buildResponder()
    }

    private func answer(_ request: ControlRequest) async throws -> ControlAnswer {
        let shown = CatalogHandlers(catalog: catalog, diffs: diffs)
        let changes = AdminHandlers(catalog: shown)
        return switch request.route {
        case .jobs: try await shown.jobs(request)
        case .job: try await shown.job(request)
        case .versions: try await shown.versions(request)
        case .version: try await shown.version(request)
        case .schema: try await shown.schema(request)
        case .diff: try await shown.diff(request)
        case .runs: try await shown.runs(request)
        case .events: try await shown.events(request)
        case .openAPI: .document(text: OpenAPI.document)
        case .promote: try await changes.promote(request)
        case .rollback: try await changes.rollback(request)
        case .hold: try await changes.hold(request)
        case .release: try await changes.release(request)
        case .drop: try await changes.drop(request)
        case .remove: try await changes.remove(request)
        case .verify: try await shown.verify(request)
        case .record, .versionRecord, .rows, .versionRows:
            try await answerRecords(request, of: shown)
        case .ready: try await answerReady(request)
        case .login: try gate.logIn(request)
        }
    }
}

extension ControlRouter {
    /// Records and rows of a job that the caller may see.
    private func answerRecords(
        _ request: ControlRequest, of shown: CatalogHandlers
    ) async throws -> ControlAnswer {
        _ = try await shown.state(request)
        return try await answerAsDataPlane(request)
    }

    /// Whether the server is ready; `?verbose` names all jobs.
    private func answerReady(_ request: ControlRequest) async throws -> ControlAnswer {
        guard request.caller.reach.isAll || request.query("verbose") == nil else {
            throw ControlProblem(
                .forbidden, "The list names all jobs: send a token that is for all.")
        }
        return try await answerAsDataPlane(request)
    }

    /// The data plane's answer to the same target.
    private func answerAsDataPlane(_ request: ControlRequest) async throws -> ControlAnswer {
        guard let records else { throw ControlProblem(.notReady, "No tables are open here.") }
        return try await records.answer(request)
    }
}
