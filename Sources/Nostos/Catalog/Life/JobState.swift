/// All that the catalog knows of a job, without its runs and events.
///
/// A plain value: `LifeCycle.swift` moves it from state to state, and only `Catalog` stores it.
public struct JobState: Codable, Sendable, Hashable {
    /// The number of versions without a table that are remembered, the newest ones.
    static let maxHistory = 100
    /// The longest ``dropDelay`` and ``VersionRecord/maxAge``: ten years of microseconds, far from
    /// any overflow.
    static let maxDropDelay: Int64 = 10 * 366 * 86_400_000_000
    /// Beyond every number that runs can reach, and far from any overflow.
    static let maxNumber = 1_000_000_000_000_000

    /// The longest ``owner`` and ``description``, in characters; longer ones are cut.
    static let maxOwnerSize = 200
    static let maxDescriptionSize = 2000

    /// The job.
    public let name: String
    /// The number that the next run gets; every smaller one was given away once.
    public internal(set) var nextNumber: Int
    /// The current version's number: the explicit pointer, never inferred.
    public internal(set) var currentNumber: Int?
    /// The versions that are known, ascending by number.
    public internal(set) var versions: [VersionRecord]
    /// Set while new versions stop at `candidate`.
    public internal(set) var hold: Hold?
    /// The number of good versions to keep, the current one included; from the last run's job file.
    public internal(set) var keepVersions: Int
    /// The time for which a dropped table outlives its version, in microseconds; from the last job
    /// file.
    public internal(set) var dropDelay: Int64
    /// The person or team to ask, from the job file of the version that was published last.
    public internal(set) var owner: String?
    /// The purpose of the job, from the same file.
    public internal(set) var description: String?
    /// Set while the job is removed: nothing of it is served, and only its history is shown.
    public internal(set) var removal: Removal?

    /// A job without any version yet.
    init(name: String) {
        self.name = name
        nextNumber = 1
        versions = []
        keepVersions = 3
        dropDelay = 0
    }

    private enum CodingKeys: String, CodingKey {
        case name, versions, hold, removal, owner, description
        case nextNumber = "next_number"
        case currentNumber = "current"
        case keepVersions = "keep_versions"
        case dropDelay = "drop_delay"
        case dropDelaySeconds = "drop_delay_seconds"
    }

    /// The version that is served.
    public var current: VersionRecord? {
        currentNumber.flatMap { self[$0] }
    }

    /// The good versions to which a rollback can go, the newest first.
    public var previous: [VersionRecord] {
        versions.reversed().filter { $0.state == .previous && $0.hasTable }
    }

    /// The newest version above the current one that is built and checked, and waits for its
    /// promotion.
    ///
    /// A candidate below the current version is overtaken: it does not wait.
    public var candidate: VersionRecord? {
        versions.last {
            $0.state == .candidate && $0.hasTable && $0.number > currentNumber ?? 0
        }
    }

    /// The version of that number, if it is still remembered.
    ///
    /// O(log versions).
    public subscript(number: Int) -> VersionRecord? {
        index(of: number).map { versions[$0] }
    }

    /// Names this state of the job and no other: an admin verb that is given it changes nothing
    /// else than what its caller has seen.
    public var stateTag: String {
        // Plain values have a JSON text; without one no verb's expectation would hold.
        let text = (try? CatalogJSON.encode(self)) ?? []
        return Checksum.text(Checksum.hash(text.span))
    }

    /// Whether a version of that number was there once, remembered or not.
    public func wasUsed(_ number: Int) -> Bool {
        number >= 1 && number < nextNumber
    }

    /// The index of the version of that number in `versions`, by binary search.
    func index(of number: Int) -> Int? {
        var low = 0
        var high = versions.count
        while low < high {
            let middle = (low + high) / 2
            if versions[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < versions.count && versions[low].number == number ? low : nil
    }

    /// The defect of the value, or nil: checked when it is read and before it is written.
    var defect: String? {
        guard JobName.isValid(name) else { return "a job has the name '\(name)'" }
        var last = 0
        for version in versions {
            guard version.number > last else { return "\(name): numbers do not ascend" }
            last = version.number
        }
        guard last < nextNumber else {
            return "\(name): \(last) is there, \(nextNumber) comes next"
        }
        guard nextNumber <= Self.maxNumber else { return "\(name): \(nextNumber) comes next" }
        guard keepVersions >= 1, (0...Self.maxDropDelay).contains(dropDelay) else {
            return "\(name): keeps \(keepVersions) versions, dropped ones for \(dropDelay) us"
        }
        let served = versions.filter { $0.state == .current }
        guard served.map(\.number) == (currentNumber.map { [$0] } ?? []) else {
            return "\(name): the pointer says \(currentNumber.map(String.init) ?? "none"), "
                + "the versions say \(served.map(\.number))"
        }
        guard served.allSatisfy(\.hasTable) else { return "\(name): the current has no table" }
        guard removal == nil || currentNumber == nil else {
            return "\(name): it is removed and has a current version"
        }
        return nil
    }
}

extension JobState {
    /// Writes the state: times and durations as ``DocumentForm`` says.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(nextNumber, forKey: .nextNumber)
        try values.encodeIfPresent(currentNumber, forKey: .currentNumber)
        try values.encode(versions, forKey: .versions)
        try values.encodeIfPresent(hold, forKey: .hold)
        try values.encode(keepVersions, forKey: .keepVersions)
        if encoder.writesDocument {
            try values.encode(seconds: dropDelay, forKey: .dropDelaySeconds)
        } else {
            try values.encode(dropDelay, forKey: .dropDelay)
        }
        try values.encodeIfPresent(owner, forKey: .owner)
        try values.encodeIfPresent(description, forKey: .description)
        try values.encodeIfPresent(removal, forKey: .removal)
    }

    /// Reads a state in either form.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(String.self, forKey: .name)
        nextNumber = try values.decode(Int.self, forKey: .nextNumber)
        currentNumber = try values.decodeIfPresent(Int.self, forKey: .currentNumber)
        versions = try values.decode([VersionRecord].self, forKey: .versions)
        hold = try values.decodeIfPresent(Hold.self, forKey: .hold)
        keepVersions = try values.decode(Int.self, forKey: .keepVersions)
        dropDelay =
            try values.durationIfPresent(micro: .dropDelay, seconds: .dropDelaySeconds) ?? 0
        owner = try values.decodeIfPresent(String.self, forKey: .owner)
        description = try values.decodeIfPresent(String.self, forKey: .description)
        removal = try values.decodeIfPresent(Removal.self, forKey: .removal)
    }
}
