import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct TemplateTests {
    private func expand(
        _ text: String, vars: [String: String] = [:], environment: [String: String] = [:]
    ) -> (text: String?, errors: [String], log: DiagnosticLog) {
        let log = DiagnosticLog(file: "f")
        let context = ReadingContext(
            log: log, lines: TextLines(text), directory: "",
            scope: TemplateScope(vars: vars, environment: environment))
        let origin = TextOrigin(of: TextLines(text))
        let expanded = context.expand(text, origin: origin, file: nil)
        return (expanded?.text, log.sorted(.error).map(\.description), log)
    }

    @Test func variablesAndEnvironmentAreFilledIn() {
        #expect(expand("a {{ x }} b{{x}}", vars: ["x": "1"]).text == "a 1 b1")
        #expect(expand("{{env_var('X')}}", environment: ["X": ""]).text == "")
        #expect(expand("{{ env_var( \"X\" , 'd' ) }}!").text == "d!")
        #expect(expand("{ {x} } }} {", vars: ["x": "1"]).text == "{ {x} } }} {")
        #expect(expand("").text == "")
    }

    @Test func valuesAreNotTemplates() {
        #expect(expand("{{ x }}", vars: ["x": "{{ y }}", "y": "1"]).text == "{{ y }}")
    }

    @Test func nothingElseGoesInside() {
        for inside in [
            "", "1", "x.y", "x y", "x|f", "env_var", "env_var()", "env_var(X)", "env_var('')",
            "env_var('X',)", "env_var('X' 'd')", "env('X')", "'x'", "{x}",
        ] {
            let text = "{{ \(inside) }}"
            let result = expand(text, vars: ["x": "1"], environment: ["X": "1"])
            #expect(result.text == nil, "\(text)")
            #expect(result.errors.count == 1, "\(text): \(result.errors)")
        }
    }

    @Test func everyBadTemplateIsNamedAtItsPlace() {
        let expected =
            "{{ name }} or {{ env_var('NAME', 'default') }}"
            + " (write {{ '{{' }} for two braces)"
        let result = expand("a {{ 1 }}\n {{ dz }} {{ x", vars: ["ds": "1"])
        #expect(
            result.errors == [
                #"f:1:3: found "{{ 1 }}", expected \#(expected)"#,
                #"f:2:2: found the unknown variable "dz", expected ds; did you mean "ds"?"#,
                #"f:2:11: found "{{ x", expected \#(expected)"#,
            ])
    }

    @Test func bracesInQuotesAreWrittenAsText() {
        #expect(expand("'{{ '{{' }}1,2},{3,4}}'").text == "'{{1,2},{3,4}}'")
        #expect(expand("{{'{{'}} {{ \"{{\" }} {{ '}}' }}").text == "{{ {{ }}")
        #expect(expand("{{ '{{' }}{{ x }}", vars: ["x": "1"]).text == "{{1")
        #expect(expand("{{ '{{ }}").errors.count == 1)
    }

    @Test func anUnknownVariableThatIsNearNoneNamesTheWayToWriteBraces() {
        let result = expand("{{1}} {{ first_name }}", vars: ["ds": "1"])
        #expect(result.errors.count == 2)
        #expect(
            result.errors.allSatisfy {
                $0.hasSuffix("(write {{ '{{' }} for two braces)")
            }, "\(result.errors)")
    }

    @Test func whatTheEnvironmentGaveIsSecretAndADefaultIsNot() {
        let result = expand(
            "{{ env_var('A') }} {{ env_var('B', 'open') }}", environment: ["A": "hunter2"])
        #expect(result.text == "hunter2 open")
        #expect(result.log.secrets == SecretMask(["hunter2"]))
    }

    @Test func aValueThatEndsCStringsIsRefused() {
        #expect(expand("{{ x }}", vars: ["x": "a\0b"]).text == nil)
    }

    @Test func expansionHasALimit() {
        let text = String(repeating: "{{x}}", count: 5000)
        #expect(expand(text, vars: ["x": String(repeating: "y", count: 1000)]).text == nil)
    }

    /// Texts of few characters that are all special somewhere: parts cover the text, and placing
    /// never traps.
    @Test(arguments: UInt64(0)..<64)
    func partsCoverEveryText(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("{{{}}}x('\",) \n_").flatMap(\.unicodeScalars)
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            var end = 0
            for part in TemplateScope.parse(text) {
                #expect(part.offset >= end)
                if case .literal(let range) = part {
                    #expect(range.lowerBound == end)
                    end = range.upperBound
                } else {
                    #expect(part.offset == end)
                    end = nextOffset(in: text, after: part)
                }
            }
            _ = expand(String(text.map(Character.init)), vars: ["x": "1"])
        }
    }

    private func nextOffset(in text: [Unicode.Scalar], after part: TemplateScope.Part) -> Int {
        TemplateScope.parse(text).map(\.offset).first { $0 > part.offset } ?? text.count
    }
}
