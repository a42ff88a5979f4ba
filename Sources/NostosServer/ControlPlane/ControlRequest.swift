import HTTPTypes
import Hummingbird
import HummingbirdCore
import Nostos

/// A request to one route by a known caller; reads what the request names and refuses each mistake
/// by its name.
struct ControlRequest: Sendable {
    static let maxTargetSize = 8 << 10
    static let maxFieldsSize = 16 << 10
    static let maxFieldCount = 100

    let request: WebRequest
    let route: ControlRoute
    let context: ControlContext
    let caller: Caller

    /// The media type that the client prefers among those of the route's answers.
    var media: MediaType { route.media.preferred(by: request.headers[.accept]) ?? .json }

    /// The path's job.
    func job() throws(ControlProblem) -> String {
        let name = parameter("job")
        guard JobName.isValid(name) else {
            throw ControlProblem(.jobNotFound, "No job can have this name.", name: name)
        }
        return name
    }

    /// A parameter of the path, decoded; a text that cannot be decoded is returned as it is.
    func parameter(_ name: Substring) -> String {
        let text = context.parameters[name] ?? ""
        let source = Array(text.utf8)
        var decoded: [UInt8] = []
        do throws(PercentDecoding.Fault) {
            try PercentDecoding.decode(source.span, into: &decoded)
        } catch {
            return String(text)
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// A parameter of the query, or nil.
    func query(_ name: Substring) -> String? {
        Self.parameters(of: request).first { $0.name == name }?.value
    }

    /// A number of the query within those bounds.
    func number(_ name: Substring, in range: ClosedRange<Int>, otherwise: Int)
        throws(ControlProblem) -> Int
    {
        guard let text = query(name) else { return otherwise }
        guard let number = Int(text), range.contains(number) else {
            throw ControlProblem(
                .badRequest,
                "\(name) must be a number from \(range.lowerBound) to \(range.upperBound).",
                name: text)
        }
        return number
    }

    /// The number of a version in the path, for routes that accept only numbers.
    func versionNumber() throws(ControlProblem) -> Int {
        let text = parameter("version")
        guard case .number(let number) = VersionReference(text) else {
            throw ControlProblem(
                .versionNotFound, "This path names a version by its number.", name: text)
        }
        return number
    }

    /// The state tag that the caller has seen, from `If-Match` (RFC 9110 §13.1.1); nil is any.
    func expectedTag(of state: JobState) throws(ControlProblem) -> String? {
        guard let field = request.headers[.ifMatch] else { return nil }
        let tags = field.split(separator: ",").map { tag in
            String(tag).trimmingSpaces
        }
        if tags == ["*"] { return nil }
        // The catalog decides under its lock whether the tag is still right. Of several tags only
        // the one that is right now can match.
        guard tags.contains("\"\(state.stateTag)\"") else {
            throw ControlProblem(CatalogError.moved(job: state.name))
        }
        return state.stateTag
    }

    /// Whether `If-None-Match` names that state (RFC 9110 §13.1.2).
    func hasSeen(_ tag: String) -> Bool {
        guard let field = request.headers[.ifNoneMatch] else { return false }
        return field.split(separator: ",").contains { part in
            let text = String(part).trimmingSpaces
            return text == "*" || text == "\"\(tag)\"" || text == "W/\"\(tag)\""
        }
    }
}

extension ControlRequest {
    /// The query's parameters, decoded as forms encode them: `+` is a space.
    static func parameters(of request: WebRequest) -> [(name: String, value: String)] {
        parameters(of: request.uri.query ?? "")
    }

    /// The fields of a form or of a query, decoded as forms encode them.
    static func parameters(of text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { part in
            let name = part.prefix { $0 != "=" }
            return (decoded(name), decoded(part.dropFirst(name.count + 1)))
        }
    }

    /// A name or value of the query; text that cannot be decoded stays as it is.
    private static func decoded(_ text: Substring) -> String {
        let source = text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        var decoded: [UInt8] = []
        do throws(PercentDecoding.Fault) {
            try PercentDecoding.decode(source.span, into: &decoded)
        } catch {
            return String(text)
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// Refuses requests beyond the limits, without a Host, or with an expectation other than
    /// `100-continue`.
    static func check(_ request: WebRequest) throws(ControlProblem) {
        guard request.uri.string.utf8.count <= maxTargetSize else {
            throw ControlProblem(
                .targetTooLong, "The target is longer than \(maxTargetSize) bytes.")
        }
        var size = 0
        var count = 0
        for field in request.headers {
            size += field.name.rawName.utf8.count + field.value.utf8.count + 4
            count += 1
        }
        guard count <= maxFieldCount, size <= maxFieldsSize else {
            throw ControlProblem(
                .fieldsTooLarge,
                "There are more than \(maxFieldCount) fields or \(maxFieldsSize) bytes of them.")
        }
        guard let host = request.head.authority, !host.isEmpty else {
            throw ControlProblem(.badRequest, "The Host field is missing.", name: "Host")
        }
        if let expectation = request.headers[.expect], expectation.lowercased() != "100-continue" {
            throw ControlProblem(
                .expectationFailed, "The only expectation that can be met is 100-continue.",
                name: expectation)
        }
    }

    /// Refuses parameters that the route does not accept or that are repeated.
    static func check(query request: WebRequest, of route: ControlRoute) throws(ControlProblem) {
        var seen: Set<String> = []
        for (name, _) in parameters(of: request) {
            guard route.parameters.contains(name) else {
                let known = route.parameters.sorted().joined(separator: ", ")
                throw ControlProblem(
                    .badRequest,
                    known.isEmpty ? "This path takes no query." : "The query may hold: \(known).",
                    name: name)
            }
            guard seen.insert(name).inserted else {
                throw ControlProblem(.badRequest, "A parameter stands twice.", name: name)
            }
        }
    }
}

extension String {
    /// The text without the spaces and tabs at its ends.
    var trimmingSpaces: String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        var text = self[...].drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return String(text)
    }
}
