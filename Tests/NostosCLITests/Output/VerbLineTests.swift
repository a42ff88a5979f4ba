import ArgumentParser
import Testing

@testable import NostosCLI

@Suite struct VerbLineTests {
    @Test func aNegativeKeyStandsAfterTheTwoDashes() {
        let line = VerbLine(["get", "users", "-1", "--fields", "a,b", "2", "-o", "json"])
        #expect(line.words == ["get", "--fields", "a,b", "-o", "json", "--", "users", "-1", "2"])
        #expect(line.verb == "get")
    }

    @Test(arguments: [
        ["get", "users", "1"], ["get", "users", "--", "-1"], ["get", "users", "--fields", "-x"],
        ["scan", "users", "--from", "-5"], ["help", "get"], [],
    ])
    func otherWordsStayAsTheyAre(words: [String]) {
        #expect(VerbLine(words).words == words)
    }

    @Test func theValueOfAnOptionIsNoKey() {
        let line = VerbLine(["get", "users", "--store", "-1", "-2"])
        #expect(line.words == ["get", "--store", "-1", "--", "users", "-2"])
    }

    @Test func helpIsAskedForInFourWays() {
        for words in [[], ["help"], ["run", "--help"], ["run", "-h"]] {
            #expect(VerbLine(words).asksForHelp, "\(words)")
        }
        #expect(!VerbLine(["get", "users", "--", "--help"]).asksForHelp)
        #expect(!VerbLine(["run", "a.yml"]).asksForHelp)
    }

    @Test func aTopicIsExplainedAndAVerbIsNone() {
        #expect(VerbLine(["help", "job"]).topic?.contains("index_column") == true)
        #expect(VerbLine(["help", "run"]).topic == nil)
        #expect(VerbLine(["job"]).topic == nil)
    }

    @Test func anUnknownVerbIsAMistakeWithASuggestion() {
        #expect(VerbLine(["run", "a.yml"]).mistake == nil)
        #expect(VerbLine([]).mistake == nil)
        #expect(VerbLine(["--version"]).mistake == nil)
        #expect(
            VerbLine(["rnu"]).mistake == "unknown verb \"rnu\"; did you mean \"run\"?")
        #expect(VerbLine(["help", "jbo"]).mistake?.contains("did you mean \"job\"?") == true)
        #expect(VerbLine(["xyzzy"]).mistake == "unknown verb \"xyzzy\"; see `nostos --help`")
    }

    /// Every option of `get` that takes a value must be known here, or its value would become a
    /// key.
    @Test func everyOptionOfGetThatTakesAValueKeepsIt() {
        let help = NostosCommand.helpMessage(for: GetCommand.self)
        let options = help.matches(of: /--[a-z-]+ </).map { String($0.output.dropLast(2)) }
        #expect(options.count >= 6, "\(options)")
        for option in options {
            let line = VerbLine(["get", option, "-7", "users", "-1"])
            #expect(line.words == ["get", option, "-7", "--", "users", "-1"], "\(option)")
        }
    }
}
