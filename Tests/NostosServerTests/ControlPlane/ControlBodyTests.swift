import HTTPTypes
import HummingbirdCore
import NIOCore
import Testing

@testable import NostosServer

/// Contents of requests: JSON objects, and forms where a route takes them.
@Suite struct ControlBodyTests {
    private func body(
        _ text: String, _ type: MediaType = .form, as accepted: [MediaType] = [.form, .json]
    ) async throws -> ControlBody {
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "a", path: "/",
            headerFields: [.contentType: type.text])
        let request = WebRequest(head: head, body: RequestBody(buffer: ByteBuffer(string: text)))
        return try await ControlBody(
            reading: request, as: accepted, names: ["reason", "to", "hold", "tag"])
    }

    @Test func aFormsFieldsAreReadAsTheirTypes() async throws {
        let body = try await body("reason=caf%C3%A9+%26+tea&to=12&hold=on&tag=")
        #expect(try body.text("reason") == "café & tea")
        #expect(try body.version("to") == 12)
        #expect(try body.flag("hold") == true)
        #expect(try body.text("tag") == nil)
        let empty = try await self.body("reason=&to=")
        #expect(try empty.version("to") == nil)
        #expect(try empty.flag("hold") == nil)
    }

    @Test(arguments: ["007", "0", "-1", "current", "1e3", "99999999999999999999"])
    func aFormsVersionIsANumberFromOne(_ text: String) async throws {
        let body = try await body("to=\(text)")
        #expect(throws: ControlProblem.self) { try body.version("to") }
    }

    @Test func aJSONTextIsNoVersion() async throws {
        let body = try await body(#"{"to":"12","hold":"on"}"#, .json)
        #expect(throws: ControlProblem.self) { try body.version("to") }
        #expect(throws: ControlProblem.self) { try body.flag("hold") }
    }

    @Test func unknownAndRepeatedFieldsAreRefused() async throws {
        for text in ["reason=a&reason=b", "reason=a&reason=", "reason=a&other=b", "=b"] {
            let error = await #expect(throws: ControlProblem.self) { _ = try await body(text) }
            #expect(error?.kind == .badRequest, "\(text)")
        }
    }

    @Test func aTypeThatTheRouteDoesNotTakeIsRefused() async throws {
        let error = await #expect(throws: ControlProblem.self) {
            _ = try await body("reason=a", as: [.json])
        }
        #expect(error?.kind == .unsupportedMediaType)
        #expect(error?.detail == "Send Content-Type: application/json.")
    }
}
