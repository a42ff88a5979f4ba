/// One job at one moment, with its tables open.
///
/// Values from one snapshot never mix versions, whatever happens meanwhile.
public final class JobSnapshot: Sendable {
    /// The job's state in the catalog.
    public let state: JobState
    /// The version that is served: the catalog's current one, or, while that cannot be opened, the
    /// one that was served before, or the newest good previous one.
    public let current: OpenVersion?
    /// When this process began to serve ``current``, in microseconds since 1970: when it switched
    /// to it, or was started.
    public let servedSince: Int64
    /// Every version that can be read, by number: current, previous, candidate, and rejected ones
    /// whose tables are still there.
    public let versions: [Int: OpenVersion]
    /// The versions that could not be opened, with the reasons.
    public let problems: [StoreProblem]

    /// The job's name.
    public var name: String { state.name }
    /// The newest good previous version.
    public var previous: OpenVersion? { newest(.previous) }
    /// The newest version above the current one that waits for its promotion.
    public var candidate: OpenVersion? {
        newest(.candidate).flatMap { $0.number > state.currentNumber ?? 0 ? $0 : nil }
    }

    /// The version of that number, if it can be read.
    public subscript(number: Int) -> OpenVersion? { versions[number] }

    /// Whether the version of that number is gone for ever: it was used, and cannot be read again.
    ///
    /// False for a number that was never used.
    public func isGone(_ number: Int) -> Bool {
        guard versions[number] == nil, state.wasUsed(number) else { return false }
        guard let record = state[number] else { return true }
        return !record.state.isUnfinished
    }

    private func newest(_ wanted: VersionState) -> OpenVersion? {
        for record in state.versions.reversed() where record.state == wanted {
            if let version = versions[record.number] { return version }
        }
        return nil
    }

    /// Opens the versions that the catalog names; shares those that `old` has open already.
    init(_ state: JobState, layout: StoreLayout, old: JobSnapshot?) {
        self.state = state
        var versions: [Int: OpenVersion] = [:]
        var problems: [StoreProblem] = []
        for record in state.versions where record.isReadable {
            let open = old?.versions[record.number]
            if let open {
                versions[record.number] =
                    open.record == record ? open : OpenVersion(record, sharing: open)
                if open.isNamed { continue }
            }
            do throws(OpenError) {
                let path = layout.table(state.name, record.number)
                versions[record.number] = try OpenVersion(record, opening: path)
            } catch {
                let fate = open == nil ? "" : "; served on from the file that lay there"
                problems.append(
                    StoreProblem(
                        job: state.name, version: record.number, detail: "\(error)\(fate)"))
            }
        }
        self.versions = versions
        self.problems = problems
        let current = Self.served(state, versions, old)
        self.current = current
        if let old, old.current?.number == current?.number {
            servedSince = old.servedSince
        } else {
            servedSince = Disk.now()
        }
    }

    /// Whether all that should be open is, from files that have their names.
    var isWhole: Bool { problems.isEmpty && versions.values.allSatisfy(\.isNamed) }

    /// Looks for changes of the open tables' files; returns whether one was deleted.
    func look() -> Bool {
        versions.values.reduce(false) { isLost, version in version.look() || isLost }
    }

    private static func served(
        _ state: JobState, _ versions: [Int: OpenVersion], _ old: JobSnapshot?
    ) -> OpenVersion? {
        guard let number = state.currentNumber else { return nil }
        if let current = versions[number] { return current }
        if let before = old?.current { return before }
        return state.previous.lazy.compactMap { versions[$0.number] }.first
    }
}
