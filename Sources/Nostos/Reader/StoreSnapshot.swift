/// Something that keeps the store from being served as the catalog says.
public struct StoreProblem: Sendable, Hashable {
    /// The job; nil for the catalog itself.
    public let job: String?
    /// The version that cannot be opened.
    public let version: Int?
    /// The description of the problem.
    ///
    /// It names files: for logs and for the people who run the store.
    public let detail: String
}

/// Every job of a store at one moment.
public final class StoreSnapshot: Sendable {
    /// The generation of the catalog; 0 while there is none.
    public let generation: UInt64
    /// The jobs by name.
    public let jobs: [String: JobSnapshot]
    /// The problems found; empty when every version is open.
    public let problems: [StoreProblem]
    /// The jobs in the order of their names' bytes.
    private let sorted: [(name: [UInt8], job: JobSnapshot)]

    /// A snapshot of these jobs.
    init(generation: UInt64, jobs: [JobSnapshot], problems: [StoreProblem]) {
        self.generation = generation
        self.jobs = Dictionary(uniqueKeysWithValues: jobs.map { ($0.name, $0) })
        self.problems = problems + jobs.flatMap(\.problems)
        sorted = jobs.map { (Array($0.name.utf8), $0) }
            .sorted { $0.name.span.precedes($1.name.span) }
    }

    /// The job whose name has these bytes.
    ///
    /// Allocates nothing; O(log jobs).
    public func job(utf8 name: Span<UInt8>) -> JobSnapshot? {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            let found = sorted[middle].name
            if found.span.precedes(name) { low = middle + 1 } else { high = middle }
        }
        guard low < sorted.count else { return nil }
        let (found, job) = sorted[low]
        return found.span.elementsEqual(name) ? job : nil
    }
}
