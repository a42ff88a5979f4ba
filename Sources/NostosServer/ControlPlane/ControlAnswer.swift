import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Nostos

/// Answers of the control plane: JSON that nobody stores, with the fields that keep browsers safe.
enum ControlAnswer {
    static let json = "application/json"
    static let problem = "application/problem+json"
    /// Not among the names that the package lists.
    private static let referrerPolicy = HTTPField.Name("Referrer-Policy")

    /// A document; `tag` is the state that it shows.
    static func document(_ value: some Encodable, tag: String? = nil) throws -> Response {
        var response = Response(
            status: .ok, headers: fields(json), body: body(try encoded(value)))
        if let tag { response.headers[.eTag] = "\"\(tag)\"" }
        return response
    }

    /// JSON text that is there already.
    static func text(_ text: String) -> Response {
        Response(status: .ok, headers: fields(json), body: body(Array(text.utf8)))
    }

    /// The answer to `OPTIONS`: the methods that the path takes.
    static func options(_ methods: [HTTPRequest.Method]) -> Response {
        var response = Response(status: .noContent, headers: fields(nil))
        response.headers[.allow] = allow(methods)
        return response
    }

    /// The value of an `Allow` field.
    static func allow(_ methods: [HTTPRequest.Method]) -> String {
        (methods + [.options]).map(\.rawValue).joined(separator: ", ")
    }

    /// The document of a problem.
    static func problem(_ problem: ControlProblem) -> Response {
        var response = Response(
            status: .init(code: problem.kind.status), headers: fields(Self.problem),
            body: body(bytes(of: problem)))
        if problem.kind == .unauthorized {
            response.headers[.wwwAuthenticate] = "Bearer realm=\"nostos\""
        }
        if let allow = problem.allow { response.headers[.allow] = allow }
        // What is left of the request is not waited for.
        switch problem.kind {
        case .bodyTooLarge, .timeout, .fieldsTooLarge, .targetTooLong, .expectationFailed:
            response.headers[.connection] = "close"
        default: break
        }
        return response
    }

    /// The fields of every answer: docs/data-plane.md, "Browsers".
    static func fields(_ type: String?) -> HTTPFields {
        var fields = HTTPFields()
        if let type { fields[.contentType] = type }
        fields[.date] = AnswerTime(seconds: SystemClock.seconds()).text
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if let referrerPolicy { fields[referrerPolicy] = "no-referrer" }
        return fields
    }

    /// The text of a problem's document.
    static func bytes(of problem: ControlProblem) -> [UInt8] {
        // A plain value has a JSON text.
        (try? encoded(problem)) ?? []
    }

    private static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.userInfo = DocumentForm.userInfo
        return Array(try encoder.encode(value))
    }

    private static func body(_ bytes: [UInt8]) -> ResponseBody {
        ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }
}
