/// The operations that are measured; the names are fixed, since figures of years are compared by
/// them.
enum Operation: String, CaseIterable {
    case buildSorted = "build.sorted"
    case buildShuffled = "build.shuffled"
    case open
    case getAll = "get.all"
    case getOne = "get.one"
    case getTwo = "get.two"
    case getMiss = "get.miss"
    case getZipf = "get.zipf"
    case batch100 = "batch.100"
    case scan
    case threads2 = "threads.2"

    /// The order of rows, for a build.
    var buildOrder: BuildOrder? {
        switch self {
        case .buildSorted: .sorted
        case .buildShuffled: .shuffled
        default: nil
        }
    }

    /// Whether it needs an open, warm store.
    var isRead: Bool { buildOrder == nil && self != .open }
}

/// One measurement of one operation by one engine.
struct Measurement {
    /// Per row, lookup, key of a batch, or opening.
    var nanoseconds: Double
    /// Of single lookups, batches (per key) or openings; nil where nothing is repeated.
    var p50: Double?
    var p99: Double?
    /// The worker's anonymous memory behind it, in bytes; of a build the peak.
    var anonymousMemory: Int
    /// Records found and bytes answered: must be the same for all engines.
    var found: Int
    var bytes: Int

    init(
        nanoseconds: Double, p50: Double?, p99: Double?, anonymousMemory: Int, found: Int,
        bytes: Int
    ) {
        self.nanoseconds = nanoseconds
        self.p50 = p50
        self.p99 = p99
        self.anonymousMemory = anonymousMemory
        self.found = found
        self.bytes = bytes
    }

    /// One line of numbers, as a worker answers.
    var line: String {
        "\(nanoseconds) \(p50 ?? -1) \(p99 ?? -1) \(anonymousMemory) \(found) \(bytes)"
    }

    init(parsing line: String) throws {
        let words = line.split(separator: " ").compactMap { Double($0) }
        guard words.count == 6 else { throw Failure("a worker answered: \(line)") }
        nanoseconds = words[0]
        p50 = words[1] < 0 ? nil : words[1]
        p99 = words[2] < 0 ? nil : words[2]
        anonymousMemory = Int(words[3])
        found = Int(words[4])
        bytes = Int(words[5])
    }
}
