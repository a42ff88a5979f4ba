import Testing

@testable import Nostos

@Suite struct VersionReferenceTests {
    @Test func wordsAndPlainNumbersAreReferences() {
        #expect(VersionReference("7") == .number(7))
        #expect(VersionReference("current") == .current)
        #expect(VersionReference("previous") == .previous)
        #expect(VersionReference("candidate") == .candidate)
    }

    @Test(arguments: [
        "", "0", "007", "+7", "-7", "7 ", " 7", "7.0", "1e1", "٧", "Current", "latest",
        "9223372036854775808", "1000000000000000000", "1_0", "currentl", "candidat",
    ])
    func otherTextsAreNone(text: String) {
        #expect(VersionReference(text) == nil)
    }

    @Test(arguments: ["7", "999999999999999999", "current", "previous", "candidate"])
    func aReferenceIsWrittenAsItWasRead(_ text: String) throws {
        #expect(try #require(VersionReference(text)).description == text)
        #expect(VersionReference(utf8: Array(text.utf8).span) == VersionReference(text))
    }

    @Test func onlyANumberIsFixed() {
        #expect(VersionReference.number(1).isFixed)
        for word in [VersionReference.current, .previous, .candidate] { #expect(!word.isFixed) }
    }

    @Test func theyMeanTheVersionsOfAJob() throws {
        var job = JobState(name: "j")
        for number in 1...4 {
            let table = PublishedTable(rowCount: 1, size: 1, digest: "d", publishedAt: 1)
            let rules = PublishRules(promote: number < 4, keepVersions: 3, dropDelay: 0)
            let begun = job.begin(at: 1)
            try job.publish(begun, table, rules)
        }
        #expect(job[.current]?.number == 3)
        #expect(job[.previous]?.number == 2)
        #expect(job[.candidate]?.number == 4)
        #expect(job[.number(1)]?.number == 1)
        #expect(job[.number(9)] == nil)
    }
}
