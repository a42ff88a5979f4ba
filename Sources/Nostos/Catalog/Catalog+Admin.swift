// The verbs of people. Each is one change with its event; `actor` is the person who asks for it.
// With `expected`, a ``JobState/stateTag``, a verb throws ``CatalogError/moved(job:)`` and changes
// nothing when the job is in another state.

extension Catalog {
    /// The longest reason and the longest name of an actor, in bytes.
    public static let maxTextSize = 4096

    /// Goes back to version `target`, or to the newest good previous one; the version that was
    /// current becomes `rejected`, and the job is held until ``release(job:actor:)``.
    ///
    /// - Returns: the job afterwards.
    /// - Throws: ``CatalogError/rolledBack(job:current:_:)`` when the job is held by a rollback and
    ///   `target` is nil, ``CatalogError/noPrevious(job:)`` when there is nothing to go back to,
    ///   ``CatalogError/refused(verb:job:version:state:hint:)`` when `target` is no good previous
    ///   version.
    @discardableResult
    public func rollBack(
        job: String, to target: Int? = nil, reason: String, actor: String, expected: String? = nil
    ) throws(CatalogError) -> JobState {
        try Self.check(reason: reason, actor: actor)
        let asked = Change(
            action: .rollback, job: job, actor: actor, reason: reason, expected: expected)
        return try commit(asked) { state, change throws(CatalogError) in
            try state.rollBack(to: target, reason: reason, by: actor, at: Disk.now())
            change.version = state.currentNumber
        }
    }

    /// Makes a candidate, a previous or a rejected version the current one, held or not; the one
    /// that was current becomes `previous`.
    ///
    /// Promoting the version that was rolled back undoes the rollback and its hold. With `isForced`
    /// and a reason also a version that failed its checks is promoted; it stays marked.
    ///
    /// - Returns: the job afterwards.
    /// - Throws: ``CatalogError/failedChecks(job:version:failure:)`` without `isForced`.
    @discardableResult
    public func promote(
        job: String, version: Int, isForced: Bool = false, reason: String? = nil, actor: String,
        expected: String? = nil
    ) throws(CatalogError) -> JobState {
        if isForced, reason == nil {
            throw .badArgument(name: "reason", detail: "is missing; force needs one")
        }
        try Self.check(reason: reason ?? "-", actor: actor)
        let asked = Change(
            action: .promote, job: job, actor: actor, version: version, reason: reason,
            expected: expected)
        let state = try commit(asked) { state, _ throws(CatalogError) in
            try state.promote(version, isForced: isForced, at: Disk.now())
        }
        // The next sweep deletes the tables that cannot be deleted now.
        _ = try? sweep(job: job)
        return state
    }

    /// Later runs of the job build and check, but stop at `candidate`.
    ///
    /// - Throws: ``CatalogError/held(job:_:)`` when it is held already.
    @discardableResult
    public func hold(
        job: String, reason: String, actor: String, expected: String? = nil
    ) throws(CatalogError) -> JobState {
        try Self.check(reason: reason, actor: actor)
        let asked = Change(
            action: .hold, job: job, actor: actor, reason: reason, expected: expected)
        return try commit(asked) { state, _ throws(CatalogError) in
            try state.setHold(reason: reason, by: actor, at: Disk.now())
        }
    }

    /// Later runs of the job are promoted again; no version is promoted by this.
    ///
    /// - Throws: ``CatalogError/notHeld(job:)``.
    @discardableResult
    public func release(
        job: String, reason: String? = nil, actor: String, expected: String? = nil
    ) throws(CatalogError) -> JobState {
        try Self.check(reason: reason ?? "-", actor: actor)
        let asked = Change(
            action: .release, job: job, actor: actor, reason: reason, expected: expected)
        return try commit(asked) { state, _ throws(CatalogError) in try state.release() }
    }

    /// Gives up a version that is not current; its table is deleted at once, or as soon as no
    /// reader holds it any more, by the next sweep.
    ///
    /// - Returns: the job afterwards; its version still `hasTable` while a reader holds it.
    @discardableResult
    public func drop(
        job: String, version: Int, reason: String? = nil, actor: String, expected: String? = nil
    ) throws(CatalogError) -> JobState {
        try Self.check(reason: reason ?? "-", actor: actor)
        let asked = Change(
            action: .drop, job: job, actor: actor, version: version, reason: reason,
            expected: expected)
        let state = try commit(asked) { state, _ throws(CatalogError) in
            try state.drop(version, reason: reason, after: Disk.now())
        }
        _ = try? sweep(job: job)
        return try self.job(job) ?? state
    }

    /// Stops serving a job and gives up all its versions; its history stays, and a later run brings
    /// it back with the next number.
    ///
    /// The tables are deleted as soon as no reader holds them.
    ///
    /// - Returns: the job afterwards; versions still `hasTable` while a reader holds theirs.
    /// - Throws: ``CatalogError/busy(job:pid:since:)`` while a run of the job is under way.
    @discardableResult
    public func remove(
        job: String, reason: String, actor: String, expected: String? = nil
    ) throws(CatalogError) -> JobState {
        try Self.check(reason: reason, actor: actor)
        guard try self.job(job) != nil else { throw .unknownJob(job) }
        let lock = try lockRun(of: job)
        defer { withExtendedLifetime(lock) {} }
        let asked = Change(
            action: .remove, job: job, actor: actor, reason: reason, expected: expected)
        try clearLeftovers(job, actor)
        let state = try commit(asked) { state, _ throws(CatalogError) in
            try state.remove(reason: reason, by: actor, at: Disk.now())
        }
        _ = try? sweep(job: job)
        // The change is made: that its state cannot be read again is no failure of it.
        return (try? storedJob(job)) ?? state
    }

    static func check(reason: String, actor: String) throws(CatalogError) {
        for (name, text) in [("reason", reason), ("actor", actor)] {
            guard !text.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else {
                throw .badArgument(name: name, detail: "is empty")
            }
            guard text.utf8.count <= maxTextSize else {
                throw .badArgument(
                    name: name, detail: "has \(text.utf8.count) bytes, at most \(maxTextSize)")
            }
        }
    }
}
