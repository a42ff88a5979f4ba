import FoundationEssentials
import Hummingbird
import HummingbirdCore
import NIOCore

/// The content of a request that changes something: one flat JSON object, of which every member is
/// known.
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

    /// Reads the content, whose members may only be `names`; no content is an empty object.
    init(reading request: WebRequest, names: Set<String>) async throws {
        let bytes = try await Self.collect(request)
        guard bytes.readableBytes > 0 else {
            members = [:]
            return
        }
        // Browsers ask before they send this type to another origin.
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased()
        guard type?.filter({ $0 != " " }) == ControlAnswer.json else {
            throw ControlProblem(
                .unsupportedMediaType, "Send Content-Type: application/json.",
                name: request.headers[.contentType])
        }
        do {
            let data = Data(bytes.readableBytesView)
            members = try JSONDecoder().decode([String: Member].self, from: data)
        } catch {
            throw ControlProblem(.badRequest, "The content is no JSON object.")
        }
        if let unknown = members.keys.sorted().first(where: { !names.contains($0) }) {
            let known = names.sorted().joined(separator: ", ")
            let detail =
                known.isEmpty
                ? "The content must be empty." : "The content's members may be: \(known)."
            throw ControlProblem(.badRequest, detail, name: unknown)
        }
    }

    /// A text, or nil when it is not there.
    func text(_ name: String) throws(ControlProblem) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .text(let text): return text
        default: throw ControlProblem(.badRequest, "The member must be a string.", name: name)
        }
    }

    /// A truth value, or nil when it is not there.
    func flag(_ name: String) throws(ControlProblem) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .flag(let flag): return flag
        default:
            throw ControlProblem(.badRequest, "The member must be true or false.", name: name)
        }
    }

    /// A version's number, or nil when it is not there.
    func version(_ name: String) throws(ControlProblem) -> Int? {
        switch members[name] {
        case nil, .null: return nil
        case .number(let number) where number >= 1: return number
        default:
            throw ControlProblem(
                .badRequest, "The member must be a version's number, from 1.", name: name)
        }
    }

    /// The value if it is not nil, or the problem that it is missing.
    static func require<Value>(_ value: Value?, _ name: String) throws(ControlProblem) -> Value {
        guard let value else {
            throw ControlProblem(.badRequest, "The content lacks a member.", name: name)
        }
        return value
    }

    /// All bytes, within the limits of size and time.
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
