import Nostos

extension LoggedRequest {
    /// The log entry of a data-plane request, before its status and time are known.
    ///
    /// The entry names the job only if the store has it: a name that a caller made up stays out of
    /// the log.
    init(
        _ request: Request, in bytes: Span<UInt8>, snapshot: StoreSnapshot, client: ClientAddress?
    ) {
        self.init(route: "", code: "", nanoseconds: 0)
        method = request.method.name
        self.client = client?.text
        if let name = Route(bytes, path: request.path)?.jobName {
            let text = String(decoding: Array(bytes.extracting(name)), as: UTF8.self)
            job = snapshot.jobs[text] == nil ? nil : text
        }
        var lines = FieldLines(request, in: bytes)
        guard let range = lines.next("x-request-id") else { return }
        let value = Array(lines.text(range))
        if RequestID.isValid(value) { id = String(decoding: value, as: UTF8.self) }
    }
}

extension Array where Element == UInt8 {
    /// The bytes of a span.
    fileprivate init(_ span: Span<UInt8>) {
        self = []
        append(span)
    }
}

extension Route {
    /// The range of the job's name in the path, where the route has one.
    fileprivate var jobName: Range<Int>? {
        switch self {
        case .record(let job, _, _), .lookup(let job), .rows(let job, _): job
        default: nil
        }
    }
}

extension Request.Method {
    /// The method's name for the log; `other` for one that the server does not take.
    fileprivate var name: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .query: "QUERY"
        case .options: "OPTIONS"
        case .untaken, .other: "other"
        }
    }
}
