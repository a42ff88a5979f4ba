import Nostos
import Testing

@testable import NostosLoader

/// The delimiter, the texts that mean NULL, and the columns to take, of all formats.
@Suite struct TextOptionTests {
    private func read(
        _ format: RowFormat = .csv, _ columns: [ColumnContract] = [], delimiter: Character = ",",
        nulls: [String] = [], only: [String] = []
    ) throws -> ReadText {
        var read = ReadText(contract: TextContract(keys: ["id"], columns: columns))
        read.format = format
        read.contract.options.delimiter = try #require(delimiter.asciiValue)
        read.contract.options.nulls = nulls
        read.contract.options.only = only
        return read
    }

    @Test(arguments: [";", "|", "\t", "\u{1}", " "] as [Character])
    func aDelimiterStandsBetweenFields(delimiter: Character) throws {
        let text = "id,a\n1,x\n2,\"y,\"\"z\"\"\"\n".map { $0 == "," ? delimiter : $0 }
        let rows = try read(delimiter: delimiter)(String(text)).rows
        #expect(rows.map { $0[1] }[0] == #"string:"x""#)
        #expect(rows.count == 2)
    }

    @Test(arguments: [
        ("id;v\n1;a\n", RowFormat.csv, #"say delimiter: ";""#),
        ("v;id;w\n1,5;a;2,5\n", .csv, #"say delimiter: ";""#),
        ("id\tv\n1\ta\n", .csv, #"say format: tsv, or delimiter: "\t""#),
        ("id|v\n1|a\n", .csv, #"say delimiter: "|""#),
        ("id,v\n1,a\n", .tsv, #"say format: csv and delimiter: ",""#),
        ("\"id\";\"v\"\n1;a\n", .csv, #"say delimiter: ";""#),
    ])
    func anotherDelimiterIsSeenInTheHeader(text: String, format: RowFormat, remedy: String) throws {
        let error = try read(format).error(text)
        #expect(error.contains("delimiter") && error.contains(remedy), "\(error)")
    }

    @Test func aHeaderWithItsKeyMayHoldAnyCharacter() throws {
        #expect(try read()("id,a;b\n1,x\n").columns == ["id int64", "a;b string"])
    }

    @Test func statedTextsMeanNULLInAllFormatsAndDoNotDecideTypes() throws {
        let nulls = ["NA", #"\N"#, "-999", "", "a\"b"]
        let csv = try read(nulls: nulls)(
            "id,n,s\n1,NA,x\n2,1.5,NA\n3,\\N,\"\"\n4,-999,\"a\"\"b\"\n")
        #expect(csv.columns == ["id int64", "n number", "s string"])
        #expect(csv.rows.map { $0[1] } == ["null", "decimal:1.5", "null", "null"])
        #expect(csv.rows.map { $0[2] } == [#"string:"x""#, "null", "null", "null"])
        let tsv = try read(.tsv, nulls: nulls)("id\tn\n1\t\\N\n2\t1.5\n")
        #expect(tsv.rows.map { $0[1] } == ["null", "decimal:1.5"])
        let json = try read(.jsonl, nulls: nulls)(
            #"""
            {"id":1,"n":"NA","l":["NA",1]}
            {"id":2,"n":1.5,"l":[]}
            {"id":3,"n":"\\N","l":null}
            {"id":4,"n":-999,"l":[2]}
            """#)
        #expect(json.columns.prefix(2) == ["id int64", "n number"])
        #expect(json.rows.map { $0[1] } == ["null", "decimal:1.5", "null", "null"])
    }

    @Test func aColumnHasTextsOfItsOwn() throws {
        let columns = [contract("a", .number, nulls: ["NA"]), contract("c", nulls: [])]
        let rows = try read(.csv, columns, nulls: ["-"])("id,a,b,c\n1,NA,-,-\n2,5,NA,x\n").rows
        #expect(rows[0] == ["int64:1", "null", "null", #"string:"-""#])
        #expect(rows[1][2] == #"string:"NA""#)
    }

    @Test func aKeyThatMeansNULLIsNone() throws {
        #expect(try read(nulls: ["NA"])("id,v\nNA,1\n").rows == [["null", "int64:1"]])
    }

    @Test(arguments: RowFormat.allCases)
    func onlyLeavesColumnsOut(format: RowFormat) throws {
        let read = try read(format, only: ["b"])
        let separator = format == .tsv ? "\t" : ","
        let text =
            format == .jsonl
            ? "{\"a\":1,\"id\":1,\"b\":2}\n{\"late\":[{}],\"b\":3,\"id\":2}\n"
            : "a,id,b\n1,1,2\nx,2,3\n".replacing(",", with: separator)
        let (columns, rows) = try read(text)
        #expect(columns == ["id int64", "b int64"])
        #expect(rows == [["int64:1", "int64:2"], ["int64:2", "int64:3"]])
    }

    @Test func aColumnThatIsNotThereIsMissed() throws {
        #expect(
            try read(only: ["scoer"]).error("id,score\n1,2\n") == """
                1/- found no column "scoer", which the job's only names, expected "id" or "score"; \
                did you mean "score"?
                """)
        #expect(
            try read(.jsonl, only: ["scoer"]).warnings("{\"id\":1,\"score\":2}\n") == [
                "column \"scoer\": none of the first 1 rows has it"
            ])
        #expect(
            try read(.jsonl, [contract("scoer")]).warnings("{\"id\":1,\"score\":2}\n") == [
                "column \"scoer\": none of the first 1 rows has it; did you mean \"score\"?"
            ])
    }

    @Test func splitMakesAListOfAText() throws {
        let columns = [
            contract("g", split: "|"), contract("n", .int64, split: ", ", nulls: ["NA"]),
        ]
        let (names, rows) = try read(.csv, columns)(
            "id,g,n\n1,a|b||c,\"1, 2.0, NA, \"\n2,,\n3,\"\",5\n4,\"x\"\"y\",\n")
        #expect(names == ["id int64", "g [string]", "n [int64]"])
        #expect(rows[0][1...] == [#"list:["a","b","","c"]"#, "list:[1,2,null,null]"])
        #expect(rows[1][1...] == ["null", "null"])
        #expect(rows[2][1...] == ["list:[]", "list:[5]"])
        #expect(rows[3][1] == #"list:["x\"y"]"#)
        #expect(
            try read(.csv, columns).error("id,g,n\n1,a,\"1, x\"\n").contains("found \"1, x\""))
        let json = try read(.jsonl, columns)(#"{"id":1,"g":"a|b","n":[1,2]}"# + "\n").rows
        #expect(json == [["int64:1", #"list:["a","b"]"#, "list:[1,2]"]])
        #expect(
            try read(.jsonl, columns)(#"{"id":1,"g":[1,null,"x"],"n":7}"# + "\n").rows
                == [["int64:1", #"list:["1",null,"x"]"#, "list:[7]"]])
    }

    @Test func aStatedTypeReadsTheSpellingsOfPrograms() throws {
        let columns = [
            contract("i", .int64), contract("b", .bool), contract("t", .timestamp),
        ]
        let rows = try read(.csv, columns)(
            """
            id,i,b,t
            1,5.0,TRUE,2026-01-31
            2,5e0,f,1769846700
            3,+5,0,2026-01-31 08:05
            4,5.00,1,1769846700250
            5,"",True,""
            """
        ).rows
        #expect(rows.map { $0[1] } == ["int64:5", "int64:5", "int64:5", "int64:5", "null"])
        #expect(
            rows.map { $0[2] } == [
                "true:true", "false:false", "false:false", "true:true", "true:true",
            ])
        #expect(
            rows.map { $0[3] } == [
                #"timestamp:"2026-01-31T00:00:00Z""#, #"timestamp:"2026-01-31T08:05:00Z""#,
                #"timestamp:"2026-01-31T08:05:00Z""#, #"timestamp:"2026-01-31T08:05:00.25Z""#,
                "null",
            ])
        for text in ["5.5", "1e-1", "5.0x", "9223372036854775808", "+-5", "007"] {
            #expect(
                try read(.csv, columns).error("id,i,b,t\n1,\(text),,\n").contains("expected int64"))
        }
    }

    @Test func lineBreaksAloneAreNoRows() throws {
        for text in [
            "id,a\n1,x\n2,y\n\n", "\n\nid,a\n\n1,x\n\r\n\n2,y\n", "id,a\r\n1,x\r\n\r\n2,y\r\n\r\n",
            "id,a\n1,x\n   \n2,y\n  ",
        ] {
            for size in [1, 2, 3, .max] {
                var read = try read()
                read.pieceSize = size
                #expect(try read(text).rows.map { $0[0] } == ["int64:1", "int64:2"], "\(text)")
            }
        }
        #expect(
            try read().error("id,a\n\n1,x\n\n2\n")
                == "5/2 found 1 field, expected 2 as in the header")
        #expect(try read(.tsv)("id\ta\n\t\n").rows == [["null", "null"]])
    }

    @Test func noLineOfJSONIsNoRowWhereTheJobNamesColumns() throws {
        #expect(try read(.jsonl).error("").contains("say columns:"))
        for text in ["", "\n", " \n\n"] {
            let (columns, rows) = try read(.jsonl, [contract("note", .string)])(text)
            #expect(columns == ["id ?", "note string"] && rows == [])
            #expect(try read(.jsonl, only: ["note"])(text).columns == ["id ?", "note ?"])
        }
    }

    @Test func numbersOfAnyExponentAreExactOrRefused() throws {
        for format in [RowFormat.csv, .jsonl] {
            for (text, expected) in [
                ("1e-12345", "number:1e-12345"), ("12.5e-10000", "number:1.25e-9999"),
                ("1e-9999", "number:1e-9999"), ("1e12345", "number:1e+12345"),
                ("1e-0000000007", "number:1e-7"), ("5e-999999", "number:5e-999999"),
            ] {
                let row = format == .csv ? "id,v\n1,\(text)\n" : "{\"id\":1,\"v\":\(text)}\n"
                #expect(try read(format)(row).rows[0][1] == expected)
            }
            for text in ["1e-1000000", "1e1000000", "1e-99999999999999999999"] {
                let row = format == .csv ? "id,v\n1,\(text)\n" : "{\"id\":1,\"v\":\(text)}\n"
                #expect(try read(format).error(row).contains("found \(text), expected a number"))
            }
        }
    }
}
