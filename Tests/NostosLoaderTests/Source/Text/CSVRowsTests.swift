import Nostos
import Testing

@testable import NostosLoader

/// CSV as people have it: what types it gets, and what is told of mistakes.
@Suite struct CSVRowsTests {
    private let read = ReadText()

    @Test func typesComeFromTheFirstRows() throws {
        let (columns, rows) = try read(
            """
            id,i,n,b,s,zip,empty,mixed
            1,5,1.50,true,x,01234,,1
            2,-7,3e-7,false,,2,,true
            3,,2,,"5",3,,

            """)
        #expect(
            columns == [
                "id int64", "i int64", "n number", "b bool", "s string", "zip string",
                "empty ?", "mixed string",
            ])
        #expect(
            rows == [
                [
                    "int64:1", "int64:5", "decimal:1.5", "true:true", #"string:"x""#,
                    #"string:"01234""#, "null", #"string:"1""#,
                ],
                [
                    "int64:2", "int64:-7", "decimal:3e-7", "false:false", "null", #"string:"2""#,
                    "null", #"string:"true""#,
                ].map { $0 == "decimal:3e-7" ? "number:3e-7" : $0 },
                [
                    "int64:3", "null", "int64:2", "null", #"string:"5""#, #"string:"3""#, "null",
                    "null",
                ],
            ])
    }

    @Test func onlyQuotesMakeAnEmptyTextOfNothing() throws {
        #expect(try read("id,a\n1,\n2,\"\"\n").rows.map { $0[1] } == ["null", #"string:"""#])
        // Not a number any more, since there is a text among them.
        #expect(try read("id,a\n1,5\n2,\"\"\n").columns[1] == "a string")
    }

    @Test func marksCarriageReturnsAndTabsAreRead() throws {
        #expect(try read("\u{FEFF}id,a\r\n1,ü\r\n").rows == [["int64:1", #"string:"ü""#]])
        var tabs = ReadText()
        tabs.format = .tsv
        #expect(
            try tabs("id\ta,b\n1\t\"x\ty\"\n").rows == [["int64:1", #"string:"x\ty""#]])
        #expect(try read("id,a\n").rows == [])
    }

    @Test(arguments: [
        ("id,a\n1,2,3\n", "2/1 found 3 fields, expected 2 as in the header"),
        ("id,a\n1,\"x\ny\"\n2\n", "4/2 found 1 field, expected 2 as in the header"),
        (
            "id,a\n1,5\" disk\n",
            "2/1 found a quote within field 2, expected none, or the whole field in quotes and "
                + "\"\" for each quote in it"
        ),
        (
            "id,a\n1,\"x\" y\n",
            "2/1 found text behind the closing quote of field 2, expected its end, or \"\" for a "
                + "quote within"
        ),
        (
            "id,a\n1,x\n2,\"y\nz\n",
            "3/2 found no end of the quotes that begin with field 2, expected a closing quote"
        ),
        (
            "id,a\r1,x\r",
            "1/- found a CR without LF, expected rows that end with LF or CRLF"
        ),
        ("", "1/- found nothing, expected a header row with the columns' names"),
        (
            "id,a,id\n",
            "1/- the header is wrong: two columns are named \"id\"; expected a name of its own"
        ),
        (
            "id,\n1,2\n",
            "1/- the header is wrong: column 2 has no name; expected a name of its own"
        ),
    ])
    func mistakesAreToldWithLineAndRow(text: String, expected: String) throws {
        #expect(read.error(text) == expected)
    }

    @Test func otherEncodingsAreRefused() {
        #expect(
            read.error([0xFF, 0xFE, 0x69, 0x00])
                == "1/- found the byte order mark of UTF-16, expected UTF-8")
        #expect(
            read.error(Array("id,a\n1,".utf8) + [0xE9, 0x0A])
                == """
                2/1 key "1", column "a": found bytes that are not UTF-8 at offset 0, expected text
                """)
        #expect(
            read.error([0xE9, 0x0A])
                == """
                1/- the header is wrong: column 1 has a name that is not UTF-8; expected a name of \
                its own
                """)
    }

    /// The first rows are whole numbers, a later one is not.
    @Test func aValueOfAnotherTypeThanTheFirstRowsIsToldWithTheRemedy() {
        let many = (1...10_000).map { "\($0),7,true,k\($0)\n" }.joined()
        func error(_ row: String) -> String { read.error("id,zip,ok,s\n" + many + row) }
        #expect(
            error("10001,12a,true,x\n")
                == """
                10002/10001 key "10001", column "zip": found "12a", expected int64, as in the first 10000 rows; \
                say columns: {zip: {type: string}} if it is right
                """)
        #expect(
            error("10001,1,yes,x\n").hasSuffix(
                """
                say null: ["yes"] if it means NULL, or columns: {ok: {type: string}} if it is right
                """))
        #expect(error("abc,1,true,x\n").hasSuffix("say key_type: string if the keys are text"))
        #expect(error("10001,1,true,2\n") == "nothing is wrong")
    }

    @Test func theSampleIsReadAgainHoweverItsPiecesFall() throws {
        let rows = (1...12_000).map { "\($0),\"line\n\($0)\",\($0).5" }
        let text = "id,s,n\n" + rows.joined(separator: "\n")
        for size in [1000, 65_536, .max] {
            var read = ReadText()
            read.pieceSize = size
            let result = try read(text).rows
            #expect(result.count == 12_000)
            #expect(result.first == ["int64:1", #"string:"line\n1""#, "decimal:1.5"])
            #expect(result.last == ["int64:12000", #"string:"line\n12000""#, "decimal:12000.5"])
        }
    }
}

/// The result of reading with the job's contracts of columns.
@Suite struct ColumnContractTests {
    private func read(_ columns: [ColumnContract], keyTypes: [KeyType] = []) -> ReadText {
        ReadText(contract: TextContract(keys: ["id"], keyTypes: keyTypes, columns: columns))
    }

    @Test func theJobsTypesHold() throws {
        let read = read([
            contract("zip", .string), contract("n", .number), contract("b", .bool),
            contract("t", .timestamp), contract("j", .json), contract("d", .bytes),
        ])
        let (columns, rows) = try read(
            """
            id,zip,n,b,t,j,d
            1,12,+1.0,True,2026-01-31 08:05:00,"{""a"": [1]}",AQI=
            2,"",.5,f,2026-01-31T08:05:00+01:00,[],""
            3,,,"",,,

            """)
        #expect(
            columns == [
                "id int64", "zip string", "n number", "b bool", "t timestamp", "j json", "d bytes",
            ])
        #expect(
            rows[0] == [
                "int64:1", #"string:"12""#, "int64:1", "true:true",
                #"timestamp:"2026-01-31T08:05:00Z""#, #"json:{"a":[1]}"#, #"bytes:"AQI=""#,
            ])
        #expect(
            rows[1] == [
                "int64:2", #"string:"""#, "decimal:0.5", "false:false",
                #"timestamp:"2026-01-31T07:05:00Z""#, "json:[]", "null",
            ])
        #expect(rows[2] == ["int64:3"] + Array(repeating: "null", count: 6))
    }

    @Test(arguments: [
        (ValueType.int64, "007", "found \"007\", expected int64, as the job says"),
        (.int64, "1.5", "found \"1.5\", expected int64, as the job says"),
        (.number, "1,5", "found \"1,5\", expected number, as the job says"),
        (.number, "NaN", "found NaN, expected a number that JSON can write"),
        (.bool, "yes", "found \"yes\", expected true or false (or t, f, 1, 0), as the job says"),
        (
            .timestamp, "31.1.2026",
            "found \"31.1.2026\", expected a timestamp such as 2026-01-31T08:05:00Z, or seconds since "
                + "1970 in 9 or 10 digits, as the job says"
        ),
        (.bytes, "AQ", "found \"AQ\", expected base64, as the job says"),
        (.json, "{", "found JSON that is broken at offset 1, expected a member name in quotes"),
    ])
    func whatIsNotOfTheJobsTypeIsRefused(type: ValueType, text: String, reason: String) {
        let error = read([contract("a", type)]).error("id,a\n1,\"\(text)\"\n")
        #expect(error == "2/1 key \"1\", column \"a\": \(reason)")
    }

    @Test func aColumnThatTheJobMisspellsIsMissed() {
        let error = read([contract("scoer", .number)]).error("id,score\n1,2\n")
        #expect(
            error == """
                1/- found no column "scoer", which the job's columns name, expected "id" or \
                "score"; did you mean "score"?
                """)
    }

    @Test func theKeysTypeIsTheJobs() throws {
        #expect(try read([], keyTypes: [.string])("id,a\n1,2\n").columns[0] == "id string")
        #expect(
            read([], keyTypes: [.int64]).error("id,a\n1,2\nx,3\n")
                == """
                3/2 key "x", column "id": found "x", expected an integer as JSON writes it, such as 42, \
                by key_type; say key_type: string if the keys are text
                """)
        #expect(try read([])("id,a\n007,2\n").columns[0] == "id string")
    }
}
