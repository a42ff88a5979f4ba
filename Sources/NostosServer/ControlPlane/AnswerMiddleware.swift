import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Nostos

/// Turns every error into a problem of the form that the path and the client ask for, and logs each
/// request and the server's own errors.
struct AnswerMiddleware: RouterMiddleware {
    let logger: Logger
    let log: RequestLog?

    func handle(
        _ request: WebRequest, context: ControlContext,
        next: @concurrent (WebRequest, ControlContext) async throws -> Response
    ) async throws -> Response {
        let start = SystemClock.nanoseconds()
        let id = RequestID(field: request.headers[RequestID.field])
        var response = await answer(request, context, next)
        response.headers[RequestID.field] = id.text
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
                return ControlAnswer.options(methods).response(to: request)
            }
            return try await next(request, context)
        } catch {
            let media = ControlRoute.media(of: request.uri.path)
                .preferred(by: request.headers[.accept])
            return ControlAnswer.problem(problem(error, request), as: media ?? .problem)
                .response(to: request)
        }
    }

    /// The methods of the path that `OPTIONS` asks about; nil where no route has it.
    private func optionsMethods(_ request: WebRequest) -> [HTTPRequest.Method]? {
        // Health checks of proxies ask for `/` by default.
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

    /// The problem of a request without a route for its path or method.
    private func missing(_ request: WebRequest) -> ControlProblem {
        guard ControlRoute.knownMethods.contains(request.method) else {
            return ControlProblem(
                .unknownMethod, "The server does not know this method.",
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
