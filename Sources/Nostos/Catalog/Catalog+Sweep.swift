extension Catalog {
    /// Deletes the tables of dropped versions that are due and that no reader holds.
    ///
    /// Any process may call it at any time; a server does so twice a second.
    ///
    /// - Returns: the versions whose tables are gone now.
    @discardableResult
    public func sweep() throws(CatalogError) -> [TableName] {
        var freed: [TableName] = []
        for job in try storedJobs() where job.versions.contains(where: \.awaitsDeletion) {
            freed += try sweep(job: job.name)
        }
        return freed
    }

    @discardableResult
    func sweep(job name: String) throws(CatalogError) -> [TableName] {
        guard let state = try storedJob(name) else { return [] }
        let now = Disk.now()
        let due = state.versions.filter {
            $0.awaitsDeletion && $0.isDue(at: now, delay: state.dropDelay)
        }
        let gone = try depot.remove(
            due.map { TableName(job: name, number: $0.number) }, evenIfHeld: false)
        guard !gone.isEmpty else { return [] }
        let freed = gone.map(\.number)
        let change = Change(
            action: .free, job: name, actor: "nostos",
            reason: freed.map(String.init).joined(separator: ", "))
        try commit(change) { state, _ throws(CatalogError) in state.free(freed) }
        return gone
    }
}

extension VersionRecord {
    /// Whether the version is dropped and its table still there.
    var awaitsDeletion: Bool { state == .dropped && hasTable }

    /// Whether the table of a dropped version may be deleted, with the job's present delay.
    ///
    /// A time further ahead than the delay and a day (a run may have had another delay) comes from
    /// a clock that has been set back since. Such a table would stay for years, so it is due now.
    func isDue(at now: Int64, delay: Int64) -> Bool {
        let day: Int64 = 86_400_000_000
        return (dropAfter ?? 0) <= now || (dropAfter ?? 0) - max(delay, day) > now
    }
}
