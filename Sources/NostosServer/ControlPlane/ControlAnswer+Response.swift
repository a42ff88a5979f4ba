import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Lets the router's handlers return a ``ControlAnswer``.
extension ControlAnswer: ResponseGenerator {
    func response(from request: WebRequest, context: some RequestContext) -> Response {
        response(to: request)
    }

    /// The answer as Hummingbird sends it: in the coding that the client prefers, and without its
    /// content for `HEAD`, which shows the content's size all the same (RFC 9110 §9.3.2).
    func response(to request: WebRequest) -> Response {
        let answer = coded(for: request.headers[.acceptEncoding])
        var fields = answer.headFields
        guard request.method != .head else {
            fields[.contentLength] = String(answer.content.count)
            return Response(status: status, headers: fields)
        }
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: answer.content))
        return Response(status: status, headers: fields, body: body)
    }

    /// The answer in the coding that `Accept-Encoding` prefers.
    ///
    /// Contents below ``ContentCoding/smallestSize`` stay plain, and so do those with a tag: the
    /// tag names the job's state for `If-Match`, and every coding would need another.
    private func coded(for acceptEncoding: String?) -> ControlAnswer {
        guard content.count >= ContentCoding.smallestSize, fields[.eTag] == nil else { return self }
        var answer = self
        answer.fields[.vary] = fields[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        var weights = CodingWeights()
        for item in (acceptEncoding ?? "").split(separator: ",") {
            weights.note(Array(String(item).trimmingSpaces.utf8).span)
        }
        guard let coding = weights.preferred else { return answer }
        answer.content = []
        ContentEncoder(coding).append(content.span, isLast: true, to: &answer.content)
        answer.fields[.contentEncoding] = "\(coding.name)"
        return answer
    }
}
