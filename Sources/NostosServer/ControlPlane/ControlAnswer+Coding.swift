import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOConcurrencyHelpers
import NIOCore

extension ControlAnswer {
    /// The answer in the coding that the client prefers by its `Accept-Encoding`.
    ///
    /// Contents below ``ContentCoding/smallestSize`` stay plain, and so do those with a tag: it
    /// names the job's state for `If-Match`, and every coding would need another.
    static func encoded(_ response: Response, for acceptEncoding: String?) async throws -> Response
    {
        guard let size = response.body.contentLength, size >= ContentCoding.smallestSize,
            response.headers[.eTag] == nil
        else { return response }
        var response = response
        response.headers[.vary] = "Accept-Encoding"
        var weights = CodingWeights()
        for item in (acceptEncoding ?? "").split(separator: ",") {
            weights.note(Array(String(item).trimmingSpaces.utf8).span)
        }
        guard let coding = weights.preferred else { return response }
        let plain = Content()
        try await response.body.write(plain)
        var coded: [UInt8] = []
        ContentEncoder(coding).append(plain.bytes.span, isLast: true, to: &coded)
        response.headers[.contentEncoding] = "\(coding.name)"
        response.headers[.contentLength] = nil
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: coded))
        return response
    }
}

/// Takes the content of an answer that is complete already.
private final class Content: ResponseBodyWriter {
    private let taken = NIOLockedValueBox<[UInt8]>([])

    var bytes: [UInt8] { taken.withLockedValue { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        taken.withLockedValue { $0 += Array(buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
