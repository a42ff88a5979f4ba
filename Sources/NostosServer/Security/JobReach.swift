/// The jobs that a token may see: all, or those whose names match one of its patterns.
///
/// To its holder every other job looks as if it did not exist.
public struct JobReach: Sendable, Hashable {
    /// Every job.
    public static let all = JobReach(patterns: nil)

    private let patterns: [[UInt8]]?

    /// The patterns of the jobs' names; nil is every job.
    ///
    /// In a pattern `*` stands for any number of characters and every other character for itself.
    public init(patterns: [String]?) { self.patterns = patterns.map { $0.map { Array($0.utf8) } } }

    /// Whether the reach includes every job.
    var isAll: Bool { patterns == nil }

    /// Whether the reach includes the job.
    ///
    /// - Complexity: O(size of the pattern × size of the name) for each pattern at worst.
    func includes(_ job: some Collection<UInt8>) -> Bool {
        guard let patterns else { return true }
        let name = Array(job)
        return patterns.contains { Self.matches($0, name) }
    }

    /// Whether the reach includes the job of that name.
    func includes(_ job: String) -> Bool { includes(job.utf8) }

    /// The match is greedy: after a mismatch the last `*` takes one more character.
    private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (place, index) = (0, 0)
        var star: (place: Int, index: Int)?
        while index < name.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                star = (place, index)
                place += 1
            } else if place < pattern.count, pattern[place] == name[index] {
                (place, index) = (place + 1, index + 1)
            } else if let last = star {
                star = (last.place, last.index + 1)
                (place, index) = (last.place + 1, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
