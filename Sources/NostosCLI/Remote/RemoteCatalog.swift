import Foundation
import NIOHTTP1
import NostosTLS
import Nostos
import NostosServer

/// A catalog behind a server's control plane.
///
/// It stays in the command line: it needs an HTTP client, which the store's library does without,
/// and its errors are messages and exit codes.
final class RemoteCatalog: CatalogAccess {
    /// The most entries that a page of a server's lists has.
    static let maxPageSize = 1000

    private let address: ServerAddress
    private let token: String?
    private let tls: TLSContext?
    /// The state tag of each job as it was last shown.
    private var tags: [String: String] = [:]

    init(_ address: ServerAddress, token: String?, tls: TLSContext?) {
        (self.address, self.token, self.tls) = (address, token, tls)
    }

    func jobs() throws -> [JobState] {
        struct Document: Decodable { let jobs: [JobState] }
        return try decode(Document.self, try get("/v1/jobs")).jobs
    }

    func state(of job: String) throws -> JobState {
        let answer = try get("/v1/jobs/\(job)")
        tags[job] = answer.headers.first(name: "ETag")
        return try decode(JobState.self, answer)
    }

    func runs(job: String?, limit: Int) throws -> [RunRecord] {
        struct Document: Decodable { let runs: [RunRecord] }
        func page(_ job: String?) throws -> [RunRecord] {
            let only = job.map { "&job=\($0)" } ?? ""
            let limit = min(limit, Self.maxPageSize)
            return try decode(Document.self, try get("/v1/runs?limit=\(limit)\(only)")).runs
        }
        // No job has more runs than a page has room for.
        if job != nil || limit <= Self.maxPageSize { return try page(job) }
        let runs = try jobs().flatMap { try page($0.name) }
            .sorted { ($0.startedAt, $0.version) > ($1.startedAt, $1.version) }
        return Array(runs.prefix(limit))
    }

    func events(job: String?, _ choice: EventChoice) throws -> [CatalogEvent] {
        struct Document: Decodable {
            let events: [CatalogEvent]
            let next: UInt64?
        }
        var events: [CatalogEvent] = []
        var before = ""
        while true {
            let only = job.map { "&job=\($0)" } ?? ""
            let page = try decode(
                Document.self, try get("/v1/events?limit=\(Self.maxPageSize)\(only)\(before)"))
            events += page.events.filter(choice.includes)
            let isPast = page.events.last.map { $0.at < choice.since ?? .min } ?? true
            guard let next = page.next, events.count < choice.limit, !isPast else {
                return Array(events.prefix(choice.limit))
            }
            before = "&before=\(next)"
        }
    }

    func verify(job: String, version: Int) throws -> VerificationDocument {
        let path = "/v1/jobs/\(job)/versions/\(version)/verify"
        return try decode(
            VerificationDocument.self, try send(HTTPExchange.Request(method: .POST, path: path)))
    }

    /// Whether the server is ready, and its own words.
    func health() throws -> (status: Int, text: String) {
        let answer = try exchange(HTTPExchange.Request(path: "/readyz"))
        guard answer.status == 200 || answer.status == 503 else { throw failure(answer) }
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    func version(of job: String, _ selector: String) throws -> VersionDocument {
        let number = try state(of: job).version(named: selector).number
        let answer = try get("/v1/jobs/\(job)/versions/\(number)")
        do { return try VersionDocument(json: answer.body) } catch {
            throw unreadable(error)
        }
    }

    func difference(of job: String, from: Int, to: Int) throws -> DiffSummary {
        struct Document: Decodable { let summary: DiffSummary }
        let answer = try get("/v1/jobs/\(job)/diff?from=\(from)&to=\(to)")
        return try decode(Document.self, answer).summary
    }

    func rollBack(
        job: String, to version: Int?, reason: String, seen: JobState?
    ) throws -> JobState {
        var request = try post(job, "rollback", Change(reason: reason, to: version))
        // The server's own tag: its Nostos may be another one.
        if seen != nil, let tag = tags[job] { request.headers.add(name: "If-Match", value: tag) }
        return try decode(JobState.self, try send(request))
    }

    func promote(job: String, version: Int, isForced: Bool, reason: String?) throws -> JobState {
        let change = Change(reason: reason, version: version, force: isForced ? true : nil)
        let request = try post(job, "promote", change)
        return try decode(JobState.self, try send(request))
    }

    func hold(job: String, reason: String) throws -> JobState {
        try decode(JobState.self, try send(post(job, "hold", Change(reason: reason))))
    }

    func release(job: String, reason: String?) throws -> JobState {
        try decode(JobState.self, try send(post(job, "release", Change(reason: reason))))
    }

    func drop(job: String, version: Int, reason: String?) throws -> JobState {
        try delete("/v1/jobs/\(job)/versions/\(version)", reason)
    }

    func remove(job: String, reason: String) throws -> JobState {
        try delete("/v1/jobs/\(job)", reason)
    }

    private func delete(_ path: String, _ reason: String?) throws -> JobState {
        let query = reason.map { "?reason=\($0.percentEncoded)" } ?? ""
        return try decode(
            JobState.self, try send(HTTPExchange.Request(method: .DELETE, path: path + query)))
    }
}

extension RemoteCatalog {
    private struct Change: Encodable {
        var reason: String?
        var to: Int?
        var version: Int?
        var force: Bool?
    }

    private struct ProblemDocument: Decodable {
        let type: String
        let detail: String
    }

    func get(_ path: String) throws -> HTTPExchange.Answer {
        try send(HTTPExchange.Request(path: path))
    }

    private func post(
        _ job: String, _ verb: String, _ change: Change
    ) throws -> HTTPExchange.Request {
        let body = String(decoding: try JSONEncoder().encode(change), as: UTF8.self)
        return HTTPExchange.Request(
            method: .POST, path: "/v1/jobs/\(job)/\(verb)",
            headers: ["Content-Type": "application/json"], body: body)
    }

    private func send(_ request: HTTPExchange.Request) throws -> HTTPExchange.Answer {
        let answer = try exchange(request)
        guard answer.status < 300 else { throw failure(answer) }
        return answer
    }

    /// Sends a request; the answer may be a problem.
    func exchange(_ request: HTTPExchange.Request) throws -> HTTPExchange.Answer {
        var request = request
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        do {
            return try HTTPExchange.send(request, to: address, tls: tls)
        } catch {
            throw Failure(.unavailable, ExchangeFailure.text(of: error, from: address))
        }
    }

    /// The failure that stands for a problem on the command line: the words and the exit code that
    /// the same has with a store on this machine.
    func failure(_ answer: HTTPExchange.Answer) -> Failure {
        guard let problem = try? decode(ProblemDocument.self, answer) else {
            // A port that speaks TLS says so in plain text.
            let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first
            let text = line.map { ": \($0.prefix(200))" } ?? ""
            return Failure(.unavailable, "\(address.authority): status \(answer.status)\(text)")
        }
        // Only another port answers so: these paths are the control plane's.
        if problem.type == "not-found" {
            return Failure(
                .configuration,
                "\(address.authority): \(problem.detail) --url expects the admin port, 7481")
        }
        switch answer.status {
        case 401 where token == nil:
            return Failure(.configuration, TokenSource.missing(at: address.authority))
        case 400 where ["bad-key", "unknown-field"].contains(problem.type):
            return Failure(.badData, problem.detail)
        case 401, 403:
            return Failure(.configuration, "\(address.authority): \(problem.detail)")
        case 500...: return Failure(.unavailable, "\(address.authority): \(problem.detail)")
        default: return Failure(.failed, problem.detail)
        }
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, _ answer: HTTPExchange.Answer
    ) throws -> Value {
        do { return try JSONDecoder().decode(type, from: Data(answer.body)) } catch {
            // The data plane's list of jobs, and no document of the control plane, has links.
            let list = try? JSONDecoder().decode(ServedList.self, from: Data(answer.body))
            if list != nil {
                throw Failure(
                    .configuration,
                    "\(address.authority): the data plane answers here; --url expects the admin port, "
                        + "7481")
            }
            throw unreadable(error)
        }
    }

    /// The list of what is served that the data plane has at the path of the catalog's jobs.
    private struct ServedList: Decodable {
        let links: [String: String]
    }

    func unreadable(_ error: any Error) -> Failure {
        Failure(.unavailable, "\(address.authority): no answer of a Nostos: \(error)")
    }
}

extension String {
    /// The text for a segment of a path or a value of a query.
    var percentEncoded: String {
        let plain = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\0"..."~"))
            .union(CharacterSet(charactersIn: "-._~"))
        return addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
