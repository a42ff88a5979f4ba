import Testing

@testable import NostosServer

/// Tokens that are for some jobs only.
@Suite struct JobReachTests {
    /// The dullest matcher: every way of what a `*` may stand for.
    private static func matches(_ pattern: Substring, _ name: Substring) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        guard first == "*" else {
            return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
        }
        return (0...name.count).contains { matches(pattern.dropFirst(), name.dropFirst($0)) }
    }

    /// All texts of at most that many of the letters.
    private static func texts(_ letters: String, maxCount: Int) -> [String] {
        var all = [""]
        var longest = [""]
        for _ in 0..<maxCount {
            longest = longest.flatMap { text in letters.map { text + String($0) } }
            all += longest
        }
        return all
    }

    @Test func everySmallPatternMatchesAsTheDullestMatcherSays() {
        let names = Self.texts("ab", maxCount: 4)
        for pattern in Self.texts("ab*", maxCount: 4) {
            let reach = JobReach(patterns: [pattern])
            for name in names {
                #expect(
                    reach.includes(name) == Self.matches(pattern[...], name[...]),
                    "\(pattern) \(name)")
            }
        }
    }

    @Test func oneOfThePatternsIsEnoughAndNoneReachesNothing() {
        let reach = JobReach(patterns: ["reco_*", "users"])
        for name in ["reco_", "reco_top", "users"] { #expect(reach.includes(name)) }
        for name in ["reco", "users2", "a_reco_b", ""] { #expect(!reach.includes(name)) }
        #expect(!JobReach(patterns: []).includes("users"))
        #expect(JobReach.all.includes("anything"))
    }

    /// A pattern that would take exponential time if every `*` were tried in every way.
    @Test(.timeLimit(.minutes(10))) func aHostilePatternIsQuick() {
        let reach = JobReach(patterns: [String(repeating: "a*", count: 30) + "b"])
        #expect(!reach.includes(String(repeating: "a", count: 63)))
    }
}
