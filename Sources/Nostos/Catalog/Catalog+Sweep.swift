import SystemPackage

extension Catalog {
    /// Deletes the tables of dropped versions that are due and that no reader holds.
    ///
    /// Any process may call it at any time; a server does so twice a second. A table is unlinked,
    /// never truncated, because a reader may have it mapped.
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
        var freed: [Int] = []
        for version in state.versions where version.awaitsDeletion {
            guard version.isDue(at: now, delay: state.dropDelay) else { continue }
            if try Self.delete(layout.table(name, version.number)) { freed.append(version.number) }
        }
        guard !freed.isEmpty else { return [] }
        try Disk.sync(directory: layout.tables)
        let change = Change(
            action: .free, job: name, actor: "nostos",
            reason: freed.map(String.init).joined(separator: ", "))
        try commit(change) { state, _ throws(CatalogError) in state.free(freed) }
        return freed.map { TableName(job: name, number: $0) }
    }

    /// Deletes a table unless a reader holds its lease, which is a shared lock on the file.
    ///
    /// - Returns: whether it is gone.
    private static func delete(_ path: FilePath) throws(CatalogError) -> Bool {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
        } catch Errno.noSuchFileOrDirectory {
            return true
        } catch {
            throw .io(action: "opening", path: path.string, error as? Errno ?? .ioError)
        }
        guard let lease = try FileLock.lock(file, path, .exclusive) else { return false }
        defer { withExtendedLifetime(lease) {} }
        try Disk.unlink(path)
        return true
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
