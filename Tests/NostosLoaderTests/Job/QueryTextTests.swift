import Testing

@testable import NostosLoader

@Suite struct QueryTextTests {
    @Test(arguments: [
        ("SELECT 1", 8),
        ("SELECT 1; ", 8),
        ("SELECT ';' ; SELECT 2", 11),
        ("SELECT 'it''s;' ;", 16),
        (#"SELECT E'\';' ;"#, 14),
        (#"SELECT '\' ; --'"#, 11),
        (#"SELECT "a;""b;" ;"#, 16),
        ("SELECT $$;$$ ;", 13),
        ("SELECT $t$ $$;$ $t$ ;", 20),
        ("SELECT a$b$ ; $b$", 12),
        ("SELECT $1 ; $1", 10),
        ("SELECT 1 -- ;\n ;", 15),
        ("SELECT 1 /* ; /* ; */ ; */ ;", 27),
        ("SELECT type'; '", 15),
        ("SELECT 'open ;", 14),
        ("SELECT $$ open ;", 16),
        ("SELECT 1 /* open ;", 18),
        ("SELECT $", 8),
        ("", 0),
    ])
    func theStatementEndsAtItsOwnSemicolon(sql: String, end: Int) {
        #expect(QueryText(sql).statementEnd == end, "\(sql)")
    }

    @Test(arguments: [
        ("SELECT 1", "SELECT"), (" -- x\n /* y */ ( ( select 1))", "SELECT"), ("with x", "WITH"),
        ("", ""), ("((", ""), ("1", ""), ("-- only", ""),
    ])
    func theKeywordIsTheFirstWordBehindCommentsAndParentheses(sql: String, keyword: String) {
        #expect(QueryText(sql).keyword == keyword)
    }

    @Test func blanksCommentsAndSemicolonsAreNoWords() {
        #expect(QueryText("; \n -- a\n /* b */ ;").firstWord() == nil)
        #expect(QueryText("; \n -- a\n /* b */ x").firstWord() == 18)
    }

    @Test func positionsCountLinesAndCharacters() {
        let text = QueryText("SELECT 'é😀',\n  x")
        #expect(text.position(ofByte: 0) == QueryPosition(line: 1, column: 1))
        #expect(text.position(ofByte: 14) == QueryPosition(line: 1, column: 11))
        #expect(text.position(ofCharacter: 10) == QueryPosition(line: 1, column: 11))
        #expect(text.position(ofCharacter: 15) == QueryPosition(line: 2, column: 3))
        #expect(text.position(ofByte: 1000) == QueryPosition(line: 2, column: 4))
        #expect(text.position(ofCharacter: 1000) == QueryPosition(line: 2, column: 4))
    }

    /// Every text of up to six of these bytes: no trap, and an end inside the text.
    @Test func everySmallTextHasAnEnd() {
        let alphabet = Array("'\"$;-/*e\\\na".utf8)
        var texts: [[UInt8]] = [[]]
        for _ in 0..<5 {
            texts = [[]] + texts.flatMap { text in alphabet.map { text + [$0] } }
        }
        for bytes in texts {
            let text = QueryText(String(decoding: bytes, as: UTF8.self))
            let end = text.statementEnd
            let isSemicolon = end < bytes.count && bytes[end] == UInt8(ascii: ";")
            #expect(end == bytes.count || isSemicolon)
            _ = text.keyword
            _ = text.firstWord()
        }
    }
}
