import Nostos
import Testing

@testable import NostosLoader

/// Keys of files and programs: an integer only as JSON writes integers, and never rewritten.
@Suite struct TextKeyTests {
    private func keys(_ texts: [String], _ format: RowFormat = .csv) throws -> [String] {
        var read = ReadText()
        read.format = format
        let delimiter = format == .tsv ? "\t" : ","
        let header = format == .jsonl ? "" : "id\(delimiter)v\n"
        let rows = texts.map {
            format == .jsonl ? "{\"id\":\($0),\"v\":1}\n" : "\($0)\(delimiter)1\n"
        }
        return try read(header + rows.joined()).rows.map { $0[0] }
    }

    @Test(arguments: [RowFormat.csv, .tsv])
    func aKeyThatIsNoIntegerOfJSONIsTheTextOfTheFile(format: RowFormat) throws {
        for texts in [
            ["1E5", "2E5"], ["1.0", "2.0"], ["1e5"], ["-0"], ["+5"], ["007"], ["0x1F"], ["True"],
            ["12345678901234567890", "7"], ["9223372036854775808"], ["1", "1.0"], ["NA", "US"],
            ["2026-01-31"], [" 7"],
        ] {
            #expect(try keys(texts, format) == texts.map { "string:\"\($0)\"" })
        }
        #expect(
            try keys(["-9223372036854775808", "0", "9223372036854775807"], format) == [
                "int64:-9223372036854775808", "int64:0", "int64:9223372036854775807",
            ])
    }

    @Test func aNumberOfJSONThatIsNoIntegerIsRefusedWithTheRemedy() {
        var read = ReadText()
        read.format = .jsonl
        for text in ["1.0", "1e5", "-0", "12345678901234567890", "1.5"] {
            let error = read.error("{\"id\":7,\"v\":1}\n{\"id\":\(text),\"v\":1}\n")
            #expect(
                error == """
                    2/2 key \(text), column "id": found \(text), expected an integer as JSON \
                    writes it, as in the other of the first 2 rows; say key_type: string if the \
                    keys are text
                    """)
            #expect(read.error("{\"id\":\(text),\"v\":1}\n").contains("key_type: string"))
        }
    }

    @Test func keysOfTwoTypesAreRefusedWithTheRemedyThatWorks() throws {
        var read = ReadText()
        read.format = .jsonl
        let text = "{\"id\":\"1\",\"v\":1}\n{\"id\":2.0,\"v\":2}\n"
        #expect(read.error(text).hasSuffix("say key_type: string if the keys are text"))
        read.contract.keyTypes = [.string]
        #expect(try read(text).rows.map { $0[0] } == [#"string:"1""#, #"string:"2.0""#])
    }

    @Test func eachPartOfACompositeKeyIsReadByItself() throws {
        let read = ReadText(contract: TextContract(keys: ["a", "b"]))
        #expect(
            try read("a,v,b\n1,x,1e3\n2,y,2e3\n").rows == [
                ["int64:1", #"string:"x""#, #"string:"1e3""#],
                ["int64:2", #"string:"y""#, #"string:"2e3""#],
            ])
    }

    @Test func statedIntegersAreStrictInKeysToo() {
        let read = ReadText(contract: TextContract(keys: ["id"], keyTypes: [.int64]))
        for text in ["5.0", "1e5", "+5", "007", "-0", "9223372036854775808", "x"] {
            let error = read.error("id,v\n\(text),1\n")
            #expect(error.contains("by key_type; say key_type: string"), "\(error)")
        }
    }

    /// A few keys that are no integers make all keys text: a warning says which.
    @Test func anOddKeyIsWarnedOf() throws {
        let read = ReadText()
        let rows = (1...30).map { "\($0),x\n" }.joined()
        #expect(try read.warnings("id,v\n" + rows) == [])
        #expect(
            try read.warnings("id,v\n" + rows + "10A3,x\n") == [
                """
                line 32, column "id": "10A3" is no integer as JSON writes it, so that all keys are \
                text; say key_type: string if that is right
                """
            ])
        #expect(try read.warnings("id,v\n1.0,x\n")[0].contains("key_type: string"))
        #expect(try read.warnings("id,v\nabc,x\n12,x\nx,x\n") == [])
    }

    @Test func aTextForAMissingValueAmongIntegerKeysIsRefused() {
        #expect(ReadText().error("id,v\n1,x\n\\N,x\n").contains("say key_type: string"))
    }

    @Test(arguments: [RowFormat.csv, .tsv, .jsonl])
    func withoutARowTheKeysTypeIsOpen(format: RowFormat) throws {
        var read = ReadText(contract: TextContract(keys: ["id"], columns: [contract("v")]))
        read.format = format
        let text = format == .jsonl ? "" : format == .tsv ? "id\tv\n" : "id,v\n"
        let (columns, rows) = try read(text)
        #expect(columns == ["id ?", "v ?"] && rows == [])
    }
}
