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
        "9223372036854775808",
    ])
    func otherTextsAreNone(text: String) {
        #expect(VersionReference(text) == nil)
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
