/// The name of a version in URLs and on the command line: its number, `current`, `previous` or
/// `candidate`.
public enum VersionReference: Sendable, Hashable {
    /// The version of that number.
    case number(Int)
    /// The version that is served, the newest good one before it, and the newest that waits.
    case current, previous, candidate

    /// The reference of a text: a word, or a number from 1 without leading zeros; nil for others.
    public init?(_ text: String) {
        switch text {
        case "current": self = .current
        case "previous": self = .previous
        case "candidate": self = .candidate
        default:
            guard let number = Int(text), number >= 1, String(number) == text else { return nil }
            self = .number(number)
        }
    }
}

extension JobState {
    /// The version that the reference means; nil when the job has none, or has forgotten it.
    public subscript(reference: VersionReference) -> VersionRecord? {
        switch reference {
        case .number(let number): self[number]
        case .current: current
        case .previous: previous.first
        case .candidate: candidate
        }
    }
}
