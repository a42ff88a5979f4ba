import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

@Suite struct TextOriginTests {
    /// The place in the file of each character of the value of `sql`, checked against the file:
    /// the character there must be the same.
    private func check(_ yaml: String, isExact: Bool = true) {
        let lines = TextLines(yaml)
        let log = DiagnosticLog(file: "f")
        guard case .mapping(let entries)? = YAMLReader.read(lines, log: log)?.content,
            let node = entries.last?.value, case .scalar(let text, let style) = node.content
        else {
            Issue.record("not read: \(yaml)")
            return
        }
        let origin = TextOrigin(of: text, style: style, at: node.mark, in: lines)
        for (offset, scalar) in text.unicodeScalars.enumerated() where !scalar.isSpace {
            let found = lines.scalars[lines.offset(of: origin.mark(at: offset))]
            #expect(found == scalar || !isExact, "\(offset) of \(yaml)")
        }
    }

    @Test func everyCharacterIsFoundWhereItStands() {
        check("sql: SELECT a, b")
        check("sql: SELECT a,\n  b\n  FROM t")
        check("sql: >\n  SELECT a,\n    b\n\n  FROM t\n")
        check("sql: |-\n  SELECT a,\n    b\n\n\n  FROM t\n")
        check("sql: >2 # comment\n\n    SELECT a\n  FROM t\n")
        check("sql: 'SELECT ''a'',\n  b'")
        check("sql: \"SELECT \\\"a\\\",\\n\\tb \\\n  FROM \\\\ t\"")
        check("x: 1\nsql: &name SELECT a")
        check("x: 1\nsql: &name >\n  SELECT a\n  FROM t")
        check("{x: 1, sql: SELECT é😀 c}")
        check("sql:\n  SELECT a\n  FROM t")
        check("sql: >\r\n  SELECT a\r\n  FROM t\r\n")
        check("sql: count(*)\n  * 2")
    }

    @Test func afterAnEscapeByNumberTheLastKnownPlaceHasToDo() {
        check("sql: \"a \\u0062 c\"", isExact: false)
    }

    @Test func anErrorInTheSQLIsFoundInTheJobFile() throws {
        let text = """
            job: a
            index_column: id
            vars: {day: "'2026-01-01'"}
            fields:
            - generator: sql_iterator
              sql: >
                SELECT id,
                       nme
                FROM t WHERE d = {{ day }} AND x = y
            """
        let job = try JobFile.parse(text, path: "a.yml", environment: [:]).jobs[0]
        guard case .sql(let sql) = job.generators[0].kind else {
            Issue.record("no SQL")
            return
        }
        #expect(
            sql.text == "SELECT id,\n       nme\nFROM t WHERE d = '2026-01-01' AND x = y")
        #expect(sql.mark(line: 1, column: 8) == TextMark(line: 7, column: 12))
        #expect(sql.mark(line: 2, column: 8) == TextMark(line: 8, column: 12))
        // Within the value of a template, its place; behind it, the places go on.
        #expect(sql.mark(line: 3, column: 20) == TextMark(line: 9, column: 22))
        #expect(sql.mark(line: 3, column: 35) == TextMark(line: 9, column: 36))
        // A place that the text does not have.
        #expect(sql.mark(line: 0, column: 0) == sql.mark)
        #expect(sql.mark(line: 99, column: 99).line == 9)
    }

    /// Random SQL in every style: each character is found where it stands.
    @Test(arguments: UInt64(0)..<32)
    func everyCharacterOfRandomTextsIsFound(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let words = ["SELECT", "a", "(*)", "'x'", "\"y\"", "\\", "é", "x--y", "1"]
        for _ in 0..<20 {
            var lines: [String] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let count = Int.random(in: 1...4, using: &random)
                let line = (0..<count).compactMap { _ in words.randomElement(using: &random) }
                let indent = String(repeating: " ", count: Int.random(in: 0...3, using: &random))
                lines.append("    " + indent + line.joined(separator: " "))
                if Bool.random(using: &random) { lines.append("") }
            }
            let body = lines.joined(separator: "\n")
            let flat = body.replacing("\\", with: "")
            check("sql: |2\n" + body)
            check("sql: >2-\n" + body)
            check("sql: '" + flat.replacing("'", with: "''") + "'")
            check(
                "sql: \"" + body.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"")
            check("sql:\n    SELECT\n" + flat)
        }
    }
}
