import FoundationEssentials
import Testing

@testable import NostosServer

/// The one vocabulary of problems, and that both renderers show the same of it.
@Suite struct ProblemKindTests {
    @Test func theContractsErrorsHaveTheirCodes() {
        let codes = Dictionary(
            uniqueKeysWithValues: ProblemKind.allCases.map { ("\($0.slug)", $0.status.rawValue) })
        #expect(
            codes == [
                "bad-request": 400, "bad-key": 400, "unknown-field": 400, "unauthorized": 401,
                "forbidden": 403, "not-found": 404, "job-not-found": 404, "key-not-found": 404,
                "version-not-found": 404, "method-not-allowed": 405, "request-timeout": 408,
                "conflict": 409, "held": 409, "not-held": 409, "not-allowed": 409,
                "checks-failed": 409, "version-gone": 410, "precondition-failed": 412,
                "too-many-keys": 413, "body-too-large": 413, "uri-too-long": 414,
                "unsupported-content-encoding": 415, "unsupported-media-type": 415,
                "expectation-failed": 417, "headers-too-large": 431, "internal-error": 500,
                "unknown-method": 501, "unknown-transfer-coding": 501, "not-ready": 503,
                "unknown-http-version": 505,
            ])
    }

    @Test(arguments: ProblemStatus.allCases)
    func aStatusLineHasTheStatusCode(_ status: ProblemStatus) {
        #expect("\(status.line.code)" == String(status.rawValue))
        #expect(!"\(status.line.reason)".isEmpty)
    }

    @Test(arguments: ProblemKind.allCases)
    func bothPlanesShowAKindAlike(_ kind: ProblemKind) throws {
        var bytes: [UInt8] = []
        Problem(kind, "What is wrong.", name: "a\"b").append(to: &bytes)
        let data = try Document(bytes)
        let control = try Document(
            ControlAnswer.problem(ControlProblem(kind, "What is wrong.", name: "a\"b")).content)
        #expect(data == control)
        #expect(data.title == "\(kind.title)")
        #expect(data.status == kind.status.rawValue)
    }

    @Test func everyKindHasItsOwnTitle() {
        #expect(Set(ProblemKind.allCases.map { "\($0.title)" }).count == ProblemKind.allCases.count)
    }

    private struct Document: Decodable, Equatable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let name: String

        init(_ bytes: [UInt8]) throws {
            self = try JSONDecoder().decode(Document.self, from: Data(bytes))
        }
    }
}
