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
        router.add(middleware: ProblemMiddleware(logger: logger, log: log))
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
                    let asked = ControlRequest(request: request, context: context, caller: caller)
                    return try await answer(route, asked)
                }
            }
        }
        return router.buildResponder()
    }

    private func answer(_ route: ControlRoute, _ request: ControlRequest) async throws -> Response {
        let shown = CatalogHandlers(catalog: catalog, diffs: diffs)
        let changes = AdminHandlers(catalog: shown)
        return switch route {
        case .jobs: try await shown.jobs(request)
        case .job: try await shown.job(request)
        case .versions: try await shown.versions(request)
        case .version: try await shown.version(request)
        case .schema: try await shown.schema(request)
        case .diff: try await shown.diff(request)
        case .runs: try await shown.runs(request)
        case .events: try await shown.events(request)
        case .openAPI: ControlAnswer.text(OpenAPI.document)
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
    ) async throws -> Response {
        _ = try await shown.state(request)
        return try await answerAsDataPlane(request)
    }

    /// Whether the server is ready; `?verbose` names all jobs.
    private func answerReady(_ request: ControlRequest) async throws -> Response {
        guard request.caller.reach.isAll || request.query("verbose") == nil else {
            throw ControlProblem(
                .forbidden, "The list names all jobs: send a token that is for all.")
        }
        return try await answerAsDataPlane(request)
    }

    /// The data plane's answer to the same target.
    private func answerAsDataPlane(_ request: ControlRequest) async throws -> Response {
        guard let records else { throw ControlProblem(.notReady, "No tables are open here.") }
        return try await records.answer(request)
    }
}

/// Turns every error into a problem document, and logs what is the server's own.
private struct ProblemMiddleware: RouterMiddleware {
    let logger: Logger
    let log: RequestLog?

    func handle(
        _ request: WebRequest, context: ControlContext,
        next: @concurrent (WebRequest, ControlContext) async throws -> Response
    ) async throws -> Response {
        let start = SystemClock.nanoseconds()
        let id = RequestID(field: request.headers[RequestID.field])
        var response = try await ControlAnswer.encoded(
            await answer(request, context, next), for: request.headers[.acceptEncoding])
        response.headers[RequestID.field] = id.text
        if request.method == .head {
            // What a HEAD shows of the content is its size (RFC 9110 §9.3.2).
            let size = response.body.contentLength ?? 0
            response.body = ResponseBody()
            response.headers[.contentLength] = String(size)
        }
        let duration = SystemClock.nanoseconds() - start
        if let log, log.wants(duration) {
            log.write(
                LoggedRequest(
                    route: "admin " + (context.endpointPath ?? "none"),
                    method: ControlRoute.knownMethods.contains(request.method)
                        ? request.method.rawValue : "other",
                    job: context.parameters["job"].flatMap {
                        JobName.isValid($0) ? String($0) : nil
                    },
                    code: String(response.status.code), caller: context.note.caller,
                    client: context.client, id: id.text, nanoseconds: duration))
        }
        return response
    }

    private func answer(
        _ request: WebRequest, _ context: ControlContext,
        _ next: @concurrent (WebRequest, ControlContext) async throws -> Response
    ) async -> Response {
        do {
            try ControlRequest.check(request)
            if request.method == .options, let methods = optionsMethods(request) {
                return ControlAnswer.options(methods)
            }
            return try await next(request, context)
        } catch {
            return ControlAnswer.problem(problem(error, request))
        }
    }

    /// The methods of the path that `OPTIONS` asks about; nil where no route has it.
    private func optionsMethods(_ request: WebRequest) -> [HTTPRequest.Method]? {
        // Health checks of proxies ask for `/` where nobody told them another path.
        if ["*", "/"].contains(request.uri.string) { return [.get, .head, .post, .delete] }
        let methods = ControlRoute.methods(of: request.uri.path)
        return methods.isEmpty ? nil : methods
    }

    private func problem(_ error: any Error, _ request: WebRequest) -> ControlProblem {
        switch error {
        case let error as ControlProblem: return error
        case let error as CatalogError:
            if ControlProblem.isInternal(error) {
                logger.error("catalog unreadable", metadata: ["error": "\(error)"])
            }
            return ControlProblem(error)
        case .table(let error) as DiffError: return problem(error, request)
        case .keysDiffer as DiffError:
            return ControlProblem(.notAllowed, "The versions' keys have other columns or types.")
        case let error as TableError:
            logger.error("table unreadable", metadata: ["error": "\(error)"])
            return ControlProblem(.notReady, "The table cannot be read; the log says why.")
        case let error as HTTPError where error.status == .notFound: return missing(request)
        default:
            logger.error("control plane failed", metadata: ["error": "\(error)"])
            return ControlProblem(.internalError, "The log says why.")
        }
    }

    /// The problem of a request that no route takes, by path or by method.
    private func missing(_ request: WebRequest) -> ControlProblem {
        guard ControlRoute.knownMethods.contains(request.method) else {
            return ControlProblem(
                .notImplemented, "The server does not know this method.",
                name: request.method.rawValue)
        }
        let methods = ControlRoute.methods(of: request.uri.path)
        guard !methods.isEmpty else {
            return ControlProblem(
                .notFound, "The control plane has no such path.", name: request.uri.path)
        }
        var problem = ControlProblem(
            .methodNotAllowed, "See the Allow field for what it takes.",
            name: request.method.rawValue)
        problem.allow = ControlAnswer.allow(methods)
        return problem
    }
}
