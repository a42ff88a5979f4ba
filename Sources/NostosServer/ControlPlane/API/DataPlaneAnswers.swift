import FoundationEssentials
import HTTPTypes
import HummingbirdCore
import NIOPosix
import Nostos

/// Answers of the data plane through the control plane's port: records, pages of rows, readiness.
///
/// The data plane's own ``Responder`` makes them from the request's target, so that both ports
/// answer alike. Lines of rows are not streamed here: a page has at most ``PageLimit/maxCount``.
struct DataPlaneAnswers: Sendable {
    private let store: Store

    /// Answers from the store's newest snapshots.
    init(store: Store) { self.store = store }

    /// The answer to a GET of the request's target.
    func answer(_ request: ControlRequest) async throws -> ControlAnswer {
        let target = request.request.uri.string
        let tags = request.request.headers[.ifNoneMatch]
        let store = store
        let bytes = try await NIOThreadPool.singleton.runIfActive {
            try Self.bytes(target: target, tags: tags, from: store.snapshot())
        }
        return try Self.answer(bytes)
    }

    /// The answer's bytes as the data plane sends them.
    private static func bytes(
        target: String, tags: String?, from snapshot: StoreSnapshot
    ) throws -> [UInt8] {
        var head = "GET \(target) HTTP/1.1\r\nHost: localhost\r\n"
        if let tags { head += "If-None-Match: \(tags)\r\n" }
        let bytes = Array((head + "\r\n").utf8)
        let time = AnswerTime(seconds: SystemClock.seconds())
        var responder = Responder()
        var output: [UInt8] = []
        var parser = RequestParser()
        switch parser.parse(bytes.span) {
        case .request(let request):
            responder.answer(
                request, in: bytes.span, from: snapshot, time: time, isDraining: false,
                isLast: true, to: &output)
        case .refused(let refusal): responder.refuse(refusal, time: time, to: &output)
        case .incomplete, .awaitsContinue:
            throw ControlProblem(.badRequest, "The target cannot be read.")
        }
        if case .pending(let answer) = responder.takeRest() {
            while responder.goOn(answer, time: time, to: &output) {}
            while answer.appendPiece(to: &output) {}
        }
        if let error = responder.tableError { throw error }
        return output
    }

    /// The answer with those bytes' status, content and fields about the record, and with the
    /// control plane's own header profile.
    private static func answer(_ bytes: [UInt8]) throws -> ControlAnswer {
        let end = Array("\r\n\r\n".utf8)
        guard let start = bytes.firstRange(of: end),
            let code = Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self))
        else { throw ControlProblem(.internalError, "The log says why.") }
        var answer = ControlAnswer(.init(code: code), content: Array(bytes[start.upperBound...]))
        let lines = String(decoding: bytes[..<start.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"),
                let name = HTTPField.Name(String(line[..<colon]))
            else { continue }
            let value = String(line[line.index(after: colon)...]).trimmingSpaces
            if name == .contentType {
                answer.media = MediaType(text: value)
            } else if name == .eTag || name.canonicalName.hasPrefix("nostos-") {
                answer.fields[name] = value
            }
        }
        return answer
    }
}
