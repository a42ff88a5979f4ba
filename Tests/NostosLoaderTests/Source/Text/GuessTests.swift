import Nostos
import Testing

@testable import NostosLoader

/// Types that nobody stated: the same text means the same in the first rows and after them, and
/// what looks odd is reported.
@Suite struct GuessTests {
    private let read = ReadText()
    /// More rows than are looked at.
    private static let many = 10_500

    private func column(_ values: [String]) -> String {
        "id,v\n" + values.enumerated().map { "\($0 + 1),\($1)\n" }.joined()
    }

    /// A value at the head, and after the rows that are looked at.
    private func bothPlaces(_ value: String, among usual: String) -> [String] {
        let rest = [String](repeating: usual, count: Self.many)
        return [column([usual, value] + rest), column(rest + [value])]
    }

    @Test func truthWordsAreBooleansInAnyCaseAndAnyPlace() throws {
        for word in ["True", "TRUE", "true", "tRuE"] {
            for text in bothPlaces(word, among: "False") {
                let rows = try read(text).rows
                #expect(rows.contains { $0[1] == "true:true" })
                #expect(!rows.contains { $0[1].hasPrefix("string") })
            }
        }
    }

    @Test(arguments: ["nan", "NaN", "NA", "N/A", "null", "None", #"\N"#, "-inf", "-", "#N/A"])
    func aTextForAMissingValueAmongNumbersIsRefusedInAnyPlace(text: String) {
        for all in bothPlaces(text, among: "0.5") {
            let error = read.error(all)
            #expect(error.contains("found \(quoted(text)), expected number"), "\(error)")
            #expect(error.contains("say null: [\(quoted(text))] if it means NULL"), "\(error)")
        }
        for all in bothPlaces(text, among: "True") {
            #expect(read.error(all).contains("say null:"))
        }
    }

    @Test func aTextForAMissingValueAmongTextsIsText() throws {
        #expect(try read(column(["AF", "NA", "nan"])).rows.map { $0[1] }[1] == #"string:"NA""#)
        #expect(try read(column(["NA", "NA"])).columns[1] == "v string")
    }

    @Test func numbersWidenAColumnOfIntegersInAnyPlace() throws {
        for text in bothPlaces("1.5", among: "7") + bothPlaces("1e30", among: "7") {
            let rows = try read(text).rows
            #expect(rows.count > Self.many && !rows.contains { $0[1].hasPrefix("string") })
        }
        let late = try #require(bothPlaces("9223372036854775808", among: "7").last)
        #expect(try read(late).rows.last?[1] == "number:9223372036854775808")
    }

    @Test func oneOddValueIsWarnedOfWithItsLineAndTheRemedy() throws {
        #expect(
            try read.warnings(column(["1", "2", "12a"])) == [
                """
                line 4, column "v": found "12a" among numbers, so that all values are read as text; \
                say columns: {v: {type: number}} if it is wrong, or type: string if it is right
                """
            ])
        #expect(
            try read.warnings(column(["1", "2", "x"]))[0].contains(
                "null: [\"x\"] if it means NULL"))
        #expect(try read.warnings(column(["True", "False", "yes"]))[0].contains("among Booleans"))
        #expect(
            try read.warnings(column(["2026-01-31", "2026-02-01 08:05", "soon"]))[0].contains(
                "among times"))
        let rest = [String](repeating: "5", count: 2000)
        #expect(try read.warnings(column(rest + ["x", "y"] + rest)).count == 1)
        // The same text many times is one way to write something; so many different ones are texts.
        #expect(try read.warnings(column(["1", "?x", "2", "?x", "3", "?x"])).count == 1)
        #expect(try read.warnings(column(["1", "a", "2", "b", "3", "c"])) == [])
        #expect(try read.warnings(column(["a", "b", "5"])) == [])
    }

    @Test func aStatedTypeIsNotWarnedOf() throws {
        let read = ReadText(contract: TextContract(keys: ["id"], columns: [contract("v", .string)]))
        #expect(try read.warnings(column(["1", "2", "12a"])) == [])
    }

    @Test func jsonOfTwoTypesIsWarnedOf() throws {
        var read = read
        read.format = .jsonl
        let text = "{\"id\":1,\"v\":1}\n{\"id\":2,\"v\":\"x\"}\n{\"id\":3,\"v\":2}\n"
        #expect(
            try read.warnings(text) == [
                """
                line 2, column "v": found "x" among numbers, and each value keeps its own type; say \
                columns: {v: {type: number}} if it is wrong, or type: string if it is right
                """
            ])
    }

    @Test func theFirstValueDecidesAColumnThatIsEmptyInTheFirstRows() throws {
        let empty = [String](repeating: "", count: Self.many)
        let (columns, rows) = try read(column(empty + ["5", "1.5"]))
        #expect(columns[1] == "v ?")
        #expect(rows.suffix(2).map { $0[1] } == ["int64:5", "decimal:1.5"])
        #expect(
            try read.warnings(column(empty + ["5"])) == [
                """
                line 10502, column "v": the first value after 10000 rows without one is read as int64, \
                and so are all others; say columns: {v: {type: int64}} if that is right
                """
            ])
        #expect(read.error(column(empty + ["5", "x"])).contains("found \"x\", expected int64"))
        #expect(try read(column(empty + ["x", "5"])).rows.last?[1] == #"string:"5""#)
    }

    @Test func textThatLooksLikeListsIsWarnedOf() throws {
        let warning = try read.warnings("id,v\n1,\"['a', 'b']\"\n2,[]\n3,\n")
        #expect(warning.count == 1 && warning[0].hasPrefix("line 2, column \"v\": \"['a', 'b']\""))
        #expect(warning[0].contains("type: json") && warning[0].contains("split"))
        #expect(try read.warnings("id,v\n1,[a]\n2,b\n") == [])
    }
}
