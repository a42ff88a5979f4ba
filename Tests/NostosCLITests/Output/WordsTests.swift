import Testing

@testable import NostosCLI

@Suite struct WordsTests {
    private let verbs = ["ls", "run", "rollback", "remove", "verify", "show"]

    @Test(arguments: [
        ("list", "ls"), ("LIST", "ls"), ("rnu", "run"), ("rollbak", "rollback"),
        ("undo", "rollback"), ("delete", "remove"), ("fsck", "verify"), ("Show", "show"),
    ])
    func aWordThatMeansAVerbFindsIt(word: String, verb: String) {
        #expect(Words.verb(for: word, among: verbs) == verb)
    }

    @Test(arguments: ["xyzzy", "", "serverless", "log"])
    func aWordThatMeansNoneOfTheVerbsFindsNone(word: String) {
        #expect(Words.verb(for: word, among: verbs) == nil)
    }

    /// A synonym whose verb does not exist would suggest something unknown.
    @Test func everySynonymNamesAVerb() {
        for word in ["list", "jobs", "log", "server", "cat", "query", "lint", "new", "publish"] {
            let verb = Words.verb(for: word, among: NostosCommand.verbs)
            #expect(verb.map(NostosCommand.verbs.contains) == true, "\(word)")
        }
    }
}
