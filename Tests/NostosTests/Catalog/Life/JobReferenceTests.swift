import Testing

@testable import Nostos

@Suite struct JobReferenceTests {
    @Test func aJobMayHaveAVersion() throws {
        let plain = try #require(JobReference("user_profile"))
        #expect(plain.job == "user_profile" && plain.selector == nil)
        let fixed = try #require(JobReference("user_profile@12"))
        #expect(fixed.job == "user_profile" && fixed.selector == "12")
        // What is no version is an error of the version, which names it.
        #expect(JobReference("j@007")?.selector == "007")
        #expect(JobReference("j@a@b")?.selector == "a@b")
    }

    @Test(arguments: ["", "@", "@1", "j@", "J@1", "../j", "a b", "j/x@1"])
    func otherTextsAreNone(_ text: String) {
        #expect(JobReference(text) == nil)
    }
}
