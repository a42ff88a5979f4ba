import Nostos
import TestSupport
import Testing

@testable import NostosLoader

/// JSON lines: columns, types, lists, and mistakes.
@Suite struct JSONLinesTests {
    private var read: ReadText { ReadText(format: .jsonl) }

    @Test func columnsAreTheMembersOfTheFirstRows() throws {
        let (columns, rows) = try read(
            """
            {"id": 1, "v": [0.5, 1], "s": "a\\u00e9\\n", "o": {"x": [1, {"y": null}]}}
            {"s": null, "id": 2, "late": true, "v": []}

            {"id":3,"n":1.0,"mix":"x"}\r
            {"id":4,"n":2e2,"mix":[1],"o":[[1]]}
            """)
        #expect(
            columns == [
                "id int64", "v [number]", "s string", "o json", "late bool", "n number", "mix ?",
            ])
        #expect(
            rows == [
                [
                    "int64:1", "list:[0.5,1]", #"string:"aé\n""#, #"json:{"x":[1,{"y":null}]}"#,
                    "null", "null", "null",
                ],
                ["int64:2", "list:[]", "null", "null", "true:true", "null", "null"],
                ["int64:3", "null", "null", "null", "null", "int64:1", #"string:"x""#],
                ["int64:4", "null", "null", "json:[[1]]", "null", "int64:200", "json:[1]"],
            ])
    }

    @Test func listsOfEveryScalarAreLists() throws {
        let (columns, rows) = try read(
            #"{"id":"a","s":["x","\u0041"],"i":[1,null],"m":[1,"x",true],"e":[],"b":[true]}"#)
        #expect(
            columns == ["id string", "s [string]", "i [int64]", "m [?]", "e [?]", "b [bool]"])
        #expect(
            rows[0].dropFirst() == [
                #"list:["x","A"]"#, "list:[1,null]", #"list:[1,"x",true]"#, "list:[]",
                "list:[true]",
            ])
    }

    @Test func theJobsTypesTakeTextAndNumbersAlike() throws {
        var read = read
        read.contract = TextContract(
            keys: ["id"], keyTypes: [.string],
            columns: [
                contract("zip", .string), contract("n", .int64), contract("j", .json),
                contract("v", .number), contract("never", .bool),
            ])
        let (columns, rows) = try read(
            #"{"id":7,"zip":12,"n":"5","j":"x","v":["1.5",2]}"# + "\n"
                + #"{"id":"8","zip":true,"n":null,"j":[1]}"#)
        #expect(
            columns == [
                "id string", "zip string", "n int64", "j json", "v [number]", "never bool",
            ])
        #expect(
            rows == [
                [
                    #"string:"7""#, #"string:"12""#, "int64:5", #"json:"x""#, "list:[1.5,2]",
                    "null",
                ],
                [#"string:"8""#, #"string:"true""#, "null", "json:[1]", "null", "null"],
            ])
    }

    @Test(arguments: [
        (#"{"id":1,"a":1,"a":2}"#, #"1/1 found the member "a" twice, expected it once"#),
        (
            #"[1,2]"#,
            "1/1 bad JSON at offset 0 of the line: expected an object: {…}"
        ),
        (
            #"{"id":1} {"id":2}"#,
            "1/1 bad JSON at offset 9 of the line: expected the end of the line: one object per line"
        ),
        (
            "{\"id\":1}\n{\"id\":\n2}",
            "2/2 bad JSON at offset 6 of the line: expected a JSON value"
        ),
        (#"{"id":1,}"#, "1/1 bad JSON at offset 8 of the line: expected a member's name in quotes"),
        (#"{"id":01}"#, "1/1 bad JSON at offset 7 of the line: expected ',' or '}'"),
        (#"{"id":NaN}"#, "1/1 bad JSON at offset 6 of the line: expected a JSON value"),
        (#"{"id":1,"":2}"#, "1/1 found a member without a name"),
        (#"{"id":1"#, "1/1 bad JSON at offset 7 of the line: expected ',' or '}'"),
        (
            #"{"id":1,"s":"\ud800"}"#,
            #"1/1 key 1, column "s": found JSON that is broken at offset 1, expected a pair of surrogates"#
        ),
        (
            #"{"id":1,"o":{"a":}}"#,
            #"1/1 key 1, column "o": found JSON that is broken at offset 5, expected a value"#
        ),
        (
            "",
            "-/- found no row, expected at least one: its members are the columns; say columns: "
                + "{NAME: {type: …}} if there may be none"
        ),
    ])
    func mistakesAreToldWithTheirPlace(text: String, expected: String) {
        #expect(read.error(text) == expected)
    }

    @Test func whatTheFirstRowsDidNotHaveIsTold() {
        let many = (1...10_000).map { "{\"id\":\($0),\"n\":1,\"v\":[1],\"s\":\"x\"}\n" }.joined()
        func error(_ row: String) -> String {
            String(read.error(many + row).drop { $0 != " " }.dropFirst())
        }
        #expect(
            error(#"{"id":1,"N":2}"#) == """
                found the new member "N", expected those of the first rows or of columns; did you \
                mean "n"?; say columns: {N: {}} if it is a field
                """)
        #expect(
            error(#"{"id":1,"n":"2"}"#) == """
                key 1, column "n": found "2", expected int64, as in the first 10000 rows; say columns: \
                {n: {type: string}} if it is right
                """)
        #expect(error(#"{"id":1,"v":[1,"2"]}"#).contains("expected an array of int64"))
        #expect(error(#"{"id":1,"v":5}"#).contains("say columns: {v: {type: json}}"))
        #expect(error(#"{"id":1,"s":5}"#).contains(#"column "s": found 5, expected string"#))
    }
}
