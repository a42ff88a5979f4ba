import Foundation
import SystemPackage
import TestSupport
import Testing

/// The alert rules of `docs/operating.md`, as `promtool` judges them and as a server feeds them.
@Suite(.timeLimit(.minutes(10))) struct PrometheusRulesTests {
    private let rules: String
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        rules = try DocumentPage("docs/operating.md").file("prometheus-rules.yml")
        try write(rules, "prometheus-rules.yml")
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(toFile: directory.file(name).string, atomically: false, encoding: .utf8)
    }

    @Test func theRulesAlertAsTheirTestsSay() throws {
        let tests = DocumentPage.root.appendingPathComponent(
            "Tests/EndToEndTests/Recipes/prometheus-tests.yml")
        try write(try String(contentsOf: tests, encoding: .utf8), "prometheus-tests.yml")
        let promtool = ["promtool", "test", "rules", directory.file("prometheus-tests.yml").string]
        let said = try runProgram("/usr/bin/env", promtool, input: "")
        #expect(said.contains("SUCCESS"), "\(said)")
    }

    /// The names of alerts that a text has after that word.
    private static func alerts(in text: String, after word: Regex<Substring>) -> Set<String> {
        Set(text.matches(of: word).map { String($0.output.split(separator: " ").last ?? "") })
    }

    @Test func everyRuleIsTested() throws {
        let tests = try String(
            contentsOf: DocumentPage.root.appendingPathComponent(
                "Tests/EndToEndTests/Recipes/prometheus-tests.yml"), encoding: .utf8)
        let stated = Self.alerts(in: rules, after: /alert: [A-Za-z]+/)
        #expect(stated.count == 8)
        #expect(stated == Self.alerts(in: tests, after: /alertname: [A-Za-z]+/))
    }

    /// A rule over a metric that no server has would never alert.
    @Test func everyMetricOfTheRulesComesFromAServer() throws {
        let nostos = NostosProgram(in: directory.path)
        #expect(try nostos.run("init", ".").status == 0)
        let job = directory.file("jobs/user_profile.yml").string
        let text = try String(contentsOfFile: job, encoding: .utf8)
        try write(text + "\npublish: {max_age: 1h}\n", "jobs/user_profile.yml")
        let run = try nostos.run("run", "jobs/user_profile.yml")
        #expect(run.status == 0, "\(run.errors)")
        let server = try ServerProcess(nostos)
        let client = try HTTPClient(server.url)
        var metrics = try client.get("/metrics").text
        // The server reads runs and the disk from its first look at the catalog on.
        while !metrics.contains("outcome=\"failed\"") || !metrics.contains("disk_free") {
            usleep(10_000)
            metrics = try client.get("/metrics").text
        }
        let names = Set(rules.matches(of: /nostos_[a-z_]+/).map { String($0.output) })
        #expect(names.count >= 6, "\(names)")
        for name in names {
            let isThere = metrics.contains("\n\(name)")
            #expect(isThere, "\(name)")
        }
        for name in ["job_name=\"user_profile\"", "outcome=\"failed\"", "outcome=\"rejected\""] {
            let isThere = metrics.contains(name)
            #expect(isThere, "\(name)")
        }
    }
}
