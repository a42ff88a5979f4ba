import Nostos
import Testing

@testable import NostosServer

/// Tokens, without HTTP.
@Suite struct TokenTests {
    private static let tokens = (0..<5).map { index in
        Token(name: "t\(index)", digest: Token.digest(of: "text\(index)"), scope: .read)
    }

    @Test func theTokenWithThatTextIsFoundWhereverItStands() {
        for (index, token) in Self.tokens.enumerated() {
            #expect(Token.find(Array("text\(index)".utf8), among: Self.tokens) == token)
        }
    }

    @Test func nothingElseIsFound() {
        let long = String(repeating: "x", count: Token.maxSize + 1)
        let tokens =
            Self.tokens + [
                Token(name: "long", digest: Token.digest(of: long), scope: .read),
                Token(name: "empty", digest: Token.digest(of: ""), scope: .read),
            ]
        for text in ["", "text", "text00", "TEXT0", " text0", long] {
            #expect(Token.find(Array(text.utf8), among: tokens) == nil)
        }
        #expect(Token.find(Array("text0".utf8), among: []) == nil)
    }

    @Test func digestsAreSHA256() {
        let digest = Token.digest(of: "abc").map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        // FIPS 180-2, B.1.
        #expect(
            digest.joined() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func newTokensHave256BitsAndAreAllDifferent() {
        let tokens = (0..<1000).map { _ in Token.random() }
        #expect(Set(tokens).count == 1000)
        for token in tokens {
            #expect(token.hasPrefix("nostos_"))
            #expect(token.utf8.count == 7 + 43)
        }
        // Every one of the 64 letters is there: 43,000 draws miss one with a chance of 10⁻²⁹⁰.
        #expect(Set(tokens.joined().dropFirst(7)).count >= 64)
    }

    @Test func scopesIncludeTheOnesBefore() {
        #expect(TokenScope.read < .publish)
        #expect(TokenScope.publish < .admin)
    }

    @Test func digestsAreEqualWhereEveryByteIs() {
        let digest = Token.digest(of: "a")
        #expect(Token.isEqual(digest, digest))
        for index in digest.indices {
            var other = digest
            other[index] ^= 0x80
            #expect(!Token.isEqual(digest, other))
        }
        #expect(!Token.isEqual(digest, Array(digest.dropLast())))
    }

    struct Field: Sendable {
        let text: String
        let outcome: Access.Refusal?
    }

    @Test(arguments: [
        Field(text: "Bearer text0", outcome: nil), Field(text: "bearer   text0  ", outcome: nil),
        Field(text: "BEARER text0", outcome: nil), Field(text: "", outcome: .missing),
        Field(text: "Bearer", outcome: .missing), Field(text: "Bearer ", outcome: .missing),
        Field(text: "text0", outcome: .missing), Field(text: "Basic text0", outcome: .missing),
        Field(text: "Bearertext0", outcome: .missing), Field(text: "Bearer text", outcome: .wrong),
        Field(text: "Bearer text0 text1", outcome: .wrong),
    ])
    func theFieldIsReadStrictly(_ field: Field) {
        let bytes = Array(field.text.utf8)
        var refusal: Access.Refusal?
        do throws(Access.Refusal) {
            _ = try Access(Self.tokens).token(
                authorization: bytes.span, needs: .read, seconds: 0)
        } catch {
            refusal = error
        }
        #expect(refusal == field.outcome)
    }

    @Test func aTokenEndsWithItsLastSecond() throws {
        let token = Token(
            name: "a", digest: Token.digest(of: "a"), scope: .read, expiresAt: 100)
        let field = Array("Bearer a".utf8)
        _ = try Access([token]).token(authorization: field.span, needs: .read, seconds: 99)
        #expect(throws: Access.Refusal.expired) {
            try Access([token]).token(authorization: field.span, needs: .read, seconds: 100)
        }
    }
}
