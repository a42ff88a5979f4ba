import FoundationEssentials
import Hummingbird
import HummingbirdCore
import NIOCore
import Nostos

/// The content of a request that changes something: the members of one flat JSON object, or the
/// fields of an HTML form, all of which the route must know.
struct ControlBody {
    /// The longest content, in bytes: a reason of the longest kind, escaped throughout.
    static let maxSize = 32 << 10
    /// From the head of a request to the end of its content.
    static let timeout = Duration.seconds(10)

    private let members: [String: Member]

    private enum Member: Decodable {
        case text(String)
        case number(Int)
        case flag(Bool)
        case null
        case other
        /// A field of a form, which is always text.
        case field(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let flag = try? value.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? value.decode(Int.self) {
                self = .number(number)
            } else {
                self = .other
            }
        }
    }

    /// Reads the content, in one of the media types of the request's route.
    ///
    /// Its members may only be `names`. No content is an empty object.
    init(reading request: ControlRequest, names: Set<String>) async throws {
        try await self.init(
            reading: request.request, as: request.route.contents, names: names)
    }

    /// Reads the content in one of the media types `accepted`.
    init(reading request: WebRequest, as accepted: [MediaType], names: Set<String>) async throws {
        let bytes = try await Self.collect(request)
        guard bytes.readableBytes > 0 else {
            members = [:]
            return
        }
        let contentType = request.headers[.contentType]
        // Browsers ask before they send JSON to another origin. They send forms without asking:
        // ``ControlGate`` checks the origin.
        guard let type = accepted.first(where: { $0.isNamed(by: contentType) }) else {
            let known = accepted.map(\.name).joined(separator: " or ")
            throw ControlProblem(
                .unsupportedMediaType, "Send Content-Type: \(known).", name: contentType)
        }
        members = type == .form ? try Self.form(bytes) : try Self.object(bytes)
        if let unknown = members.keys.sorted().first(where: { !names.contains($0) }) {
            let known = names.sorted().joined(separator: ", ")
            let detail =
                known.isEmpty
                ? "The content must be empty." : "The content's members may be: \(known)."
            throw ControlProblem(.badRequest, detail, name: unknown)
        }
    }

    private static func object(_ bytes: ByteBuffer) throws(ControlProblem) -> [String: Member] {
        do {
            let data = Data(bytes.readableBytesView)
            return try JSONDecoder().decode([String: Member].self, from: data)
        } catch {
            throw ControlProblem(.badRequest, "The content is no JSON object.")
        }
    }

    /// The fields of a form.
    ///
    /// An empty field counts as one that was left out: browsers send every field of a form.
    private static func form(_ bytes: ByteBuffer) throws(ControlProblem) -> [String: Member] {
        var members: [String: Member] = [:]
        let text = String(decoding: bytes.readableBytesView, as: UTF8.self)
        for (name, value) in ControlRequest.parameters(of: text) {
            guard members[name] == nil else {
                throw ControlProblem(.badRequest, "The form has a field twice.", name: name)
            }
            members[name] = value.isEmpty ? .null : .field(value)
        }
        return members
    }

    /// A text, or nil when it is not there.
    func text(_ name: String) throws(ControlProblem) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .text(let text), .field(let text): return text
        default: throw ControlProblem(.badRequest, "The member must be a string.", name: name)
        }
    }

    /// A truth value, or nil when it is not there; a form's checkbox sends `on`.
    func flag(_ name: String) throws(ControlProblem) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .flag(let flag): return flag
        case .field("on"), .field("true"): return true
        case .field("false"): return false
        default:
            throw ControlProblem(.badRequest, "The member must be true or false.", name: name)
        }
    }

    /// A version's number, or nil when it is not there.
    func version(_ name: String) throws(ControlProblem) -> Int? {
        switch members[name] {
        case nil, .null: return nil
        case .number(let number) where number >= 1: return number
        case .field(let text):
            if case .number(let number) = VersionReference(text) { return number }
        default: break
        }
        throw ControlProblem(
            .badRequest, "The member must be a version's number, from 1.", name: name)
    }

    /// The value if it is not nil, or the problem that it is missing.
    static func require<Value>(_ value: Value?, _ name: String) throws(ControlProblem) -> Value {
        guard let value else {
            throw ControlProblem(.badRequest, "The content lacks a member.", name: name)
        }
        return value
    }

    /// Reads all bytes, within the limits of size and time.
    private static func collect(_ request: WebRequest) async throws -> ByteBuffer {
        if let text = request.headers[.contentLength], let size = Int(text), size > maxSize {
            throw ControlProblem(.bodyTooLarge, "The content is above \(maxSize) bytes.")
        }
        let body = request.body
        return try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask {
                do {
                    return try await body.collect(upTo: maxSize)
                } catch is NIOTooManyBytesError {
                    throw ControlProblem(.bodyTooLarge, "The content is above \(maxSize) bytes.")
                }
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let bytes = first else {
                throw ControlProblem(.timeout, "The content did not come within 10 seconds.")
            }
            return bytes
        }
    }
}
