import Nostos
import Testing

@testable import NostosCLI

@Suite struct CheckLinesTests {
    private func result(
        _ name: String, _ status: CheckResult.Status, field: String? = nil, keys: [String] = []
    ) -> CheckResult {
        CheckResult(
            name: name, field: field, severity: .error, status: status, keys: keys,
            sentence: "it is so")
    }

    @Test func labelsAndStatusesLineUp() {
        let lines = CheckLines.lines([
            result("row_count", .ok), result("missing", .failed, field: "language"),
        ])
        #expect(
            lines == ["row_count         ok      it is so", "missing language  FAILED  it is so"])
    }

    @Test func theKeysThatOffendHaveALineOfTheirOwn() {
        let lines = CheckLines.lines([result("range", .warn, field: "score", keys: ["1", "\"b\""])])
        #expect(lines == ["range score  WARN  it is so", "                   keys 1, \"b\""])
    }

    @Test func resultsAreCountedByStatus() {
        #expect(CheckLines.counts([]) == "-")
        let results = [
            result("a", .failed), result("b", .ok), result("c", .skipped), result("d", .ok),
            result("e", .warn),
        ]
        #expect(CheckLines.counts(results) == "2 ok, 1 skipped, 1 WARN, 1 FAILED")
    }
}
