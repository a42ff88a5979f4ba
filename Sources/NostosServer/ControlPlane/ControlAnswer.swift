import FoundationEssentials
import HTTPTypes
import Nostos

/// An answer of the control plane: a status, a content of one media type, and the header fields of
/// a profile.
///
/// Handlers make one by a static function, such as ``document(_:tag:)`` or ``page(_:status:)``;
/// ``response(to:)`` turns it into Hummingbird's response.
struct ControlAnswer: Sendable {
    var status: HTTPResponse.Status
    /// The content's type; nil where the answer has no content.
    var media: MediaType?
    var profile: HeaderProfile
    var content: [UInt8]
    /// Fields of this answer besides those of the profile, such as `ETag` and `Location`.
    var fields = HTTPFields()

    init(
        _ status: HTTPResponse.Status, _ media: MediaType? = nil, profile: HeaderProfile = .api,
        content: [UInt8] = []
    ) {
        (self.status, self.media) = (status, media)
        (self.profile, self.content) = (profile, content)
    }

    /// The header fields; `date` is that of now.
    var headFields: HTTPFields {
        var all = HTTPFields()
        if let media { all[.contentType] = media.text }
        all[.date] = AnswerTime(seconds: SystemClock.seconds()).text
        profile.add(to: &all)
        for field in fields { all[field.name] = field.value }
        return all
    }
}

// MARK: - Documents

extension ControlAnswer {
    /// A JSON document; `tag` names the state that it shows.
    static func document(_ value: some Encodable, tag: String? = nil) throws -> ControlAnswer {
        var answer = ControlAnswer(.ok, .json, content: try encoded(value))
        if let tag { answer.fields[.eTag] = "\"\(tag)\"" }
        return answer
    }

    /// A JSON document that is text already.
    static func document(text: String) -> ControlAnswer {
        ControlAnswer(.ok, .json, content: Array(text.utf8))
    }

    /// The JSON text of a document: sorted names in `lower_snake`, times as RFC 3339.
    private static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.userInfo = DocumentForm.userInfo
        return Array(try encoder.encode(value))
    }

    /// The caller has the state of that tag already: 304.
    static func notModified(tag: String) -> ControlAnswer {
        var answer = ControlAnswer(.notModified)
        answer.fields[.eTag] = "\"\(tag)\""
        return answer
    }

    /// The answer to `OPTIONS`: the methods that the path takes.
    static func options(_ methods: [HTTPRequest.Method]) -> ControlAnswer {
        var answer = ControlAnswer(.noContent)
        answer.fields[.allow] = allow(methods)
        return answer
    }

    /// The value of an `Allow` field.
    static func allow(_ methods: [HTTPRequest.Method]) -> String {
        (methods + [.options]).map(\.rawValue).joined(separator: ", ")
    }
}

// MARK: - Pages

extension ControlAnswer {
    /// An HTML page: `html` is the whole document, in which every value is escaped.
    static func page(_ html: String, status: HTTPResponse.Status = .ok) -> ControlAnswer {
        ControlAnswer(status, .html, profile: .page, content: Array(html.utf8))
    }

    /// A style sheet or script of the pages, whose URL holds its hash.
    static func asset(_ media: MediaType, _ content: [UInt8]) -> ControlAnswer {
        ControlAnswer(.ok, media, profile: .asset, content: content)
    }

    /// Sends a browser on to a path of this server, by GET: 303.
    static func seeOther(_ path: String) -> ControlAnswer {
        var answer = ControlAnswer(.seeOther)
        answer.fields[.location] = path
        return answer
    }
}

// MARK: - Problems

extension ControlAnswer {
    /// A problem: as an HTML page where `media` is HTML, otherwise as a problem document (RFC
    /// 9457).
    static func problem(
        _ problem: ControlProblem, as media: MediaType = .problem
    ) -> ControlAnswer {
        let status = HTTPResponse.Status(code: problem.kind.status.rawValue)
        var answer =
            media == .html
            ? page(ErrorPage.html(of: problem), status: status)
            // A plain value has a JSON text.
            : ControlAnswer(status, .problem, content: (try? encoded(problem)) ?? [])
        if problem.kind == .unauthorized {
            answer.fields[.wwwAuthenticate] = "Bearer realm=\"nostos\""
        }
        if let allow = problem.allow { answer.fields[.allow] = allow }
        // The server does not wait for the rest of the request.
        switch problem.kind {
        case .bodyTooLarge, .timeout, .fieldsTooLarge, .targetTooLong, .expectationFailed:
            answer.fields[.connection] = "close"
        default: break
        }
        return answer
    }
}
