// The life cycle (docs/catalog.md, "States and verbs") as functions from state to state, without a
// file, a clock or a catalog.
//
//     loading -> checking -> candidate -> current -> previous -> dropped
//     aside: failed (the run broke), rejected (a check failed, or rolled back)
//
// Each verb checks before it changes anything: when it throws, the value is as before.

extension JobState {
    /// Begins a version: its number is given away for ever, whatever becomes of the run.
    ///
    /// A job that was removed is there again.
    mutating func begin(at time: Int64) -> Int {
        let number = nextNumber
        nextNumber += 1
        removal = nil
        versions.append(VersionRecord(number: number, startedAt: time))
        forgetOldHistory()
        return number
    }

    /// The run has written its table and checks it now.
    mutating func startChecking(_ number: Int) throws(CatalogError) {
        let index = try unfinished(number, verb: "check")
        versions[index].state = .checking
    }

    /// The run broke.
    mutating func fail(_ number: Int, reason: String) throws(CatalogError) {
        let index = try unfinished(number, verb: "fail")
        versions[index].state = .failed
        versions[index].reason = reason
        forgetOldHistory()
    }

    /// A check of the run's table failed.
    ///
    /// A table that lies in `tables/` is kept for people to look at, as that of a version that was
    /// rolled back, until newer rejected ones push it out.
    mutating func reject(
        _ number: Int, reason: String, _ table: PublishedTable? = nil
    ) throws(CatalogError) {
        let index = try unfinished(number, verb: "reject")
        versions[index].state = .rejected
        versions[index].reason = reason
        versions[index].failedChecks = reason
        if let table {
            versions[index].keep(table)
            retire(at: table.publishedAt)
        }
        forgetOldHistory()
    }

    /// The table lies in `tables/`: the version becomes current, or waits as a candidate while the
    /// job is held or when a person promotes.
    ///
    /// Versions beyond ``keepVersions`` are dropped.
    mutating func publish(_ number: Int, _ table: PublishedTable, _ rules: PublishRules)
        throws(CatalogError)
    {
        let index = try unfinished(number, verb: "publish")
        keepVersions = max(1, rules.keepVersions)
        dropDelay = min(max(0, rules.dropDelay), Self.maxDropDelay)
        owner = rules.owner.map { String($0.prefix(Self.maxOwnerSize)) }
        description = rules.description.map { String($0.prefix(Self.maxDescriptionSize)) }
        versions[index].keep(table)
        versions[index].maxAge = rules.maxAge.map { min(max(0, $0), Self.maxDropDelay) }
        versions[index].state = .candidate
        if rules.promote && hold == nil { makeCurrent(index, at: table.publishedAt) }
        retire(at: table.publishedAt)
    }

    /// Makes an older or a waiting version the current one, whether the job is held or not.
    ///
    /// The version that was current stays a good one, if it was one. Promoting the version whose
    /// rollback set the hold undoes that rollback: the hold goes too. A version that failed its
    /// checks is promoted only with `isForced`, and stays marked.
    mutating func promote(_ number: Int, isForced: Bool = false, at time: Int64)
        throws(CatalogError)
    {
        let index = try readable(number, verb: "promote")
        guard versions[index].state != .current else {
            throw refusal("promote", index, "nothing to do")
        }
        if let failure = versions[index].checkFailure {
            guard isForced else {
                throw .failedChecks(job: name, version: number, failure: failure)
            }
            versions[index].failedChecks = failure
        }
        if hold?.rolledBack == number { hold = nil }
        if hold?.alsoRolledBack == number { hold?.alsoRolledBack = nil }
        versions[index].reason = nil
        makeCurrent(index, at: time)
        retire(at: time)
    }

    /// Goes back to a good version, by default the newest, and holds the job.
    ///
    /// The version that was current becomes `rejected`; only a person's promotion brings it back.
    /// While a rollback holds the job already, the target must be named: two people who follow one
    /// runbook must not go back twice.
    mutating func rollBack(to target: Int?, reason: String, by actor: String, at time: Int64)
        throws(CatalogError)
    {
        let number = try rollbackTarget(target)
        guard let currentNumber, let bad = index(of: currentNumber) else {
            throw .noPrevious(job: name)
        }
        let index = try readable(number, verb: "roll back to")
        guard versions[index].state == .previous else {
            throw refusal("roll back to", index, "only a good previous version can take over")
        }
        makeCurrent(index, at: time)
        versions[bad].state = .rejected
        versions[bad].reason = reason
        if hold == nil {
            hold = Hold(reason: reason, by: actor, at: time, rolledBack: currentNumber)
        } else {
            hold?.alsoRolledBack = currentNumber
        }
        retire(at: time)
    }

    /// Later versions stop at `candidate` from now on.
    mutating func setHold(reason: String, by actor: String, at time: Int64) throws(CatalogError) {
        if let hold { throw .held(job: name, hold) }
        hold = Hold(reason: reason, by: actor, at: time, rolledBack: nil)
    }

    /// Later versions are promoted again; nothing is promoted by this.
    mutating func release() throws(CatalogError) {
        guard hold != nil else { throw .notHeld(job: name) }
        hold = nil
    }

    /// Gives a version up; its table may be deleted from `time` on.
    mutating func drop(_ number: Int, reason: String?, after time: Int64) throws(CatalogError) {
        let index = try known(number)
        switch versions[index].state {
        case .current: throw refusal("drop", index, "promote another version first")
        case .loading, .checking: throw refusal("drop", index, "its run is under way")
        case .unknown: throw refusal("drop", index, "a newer Nostos wrote it")
        case .dropped: throw .goneVersion(job: name, version: number)
        case .candidate, .previous, .rejected, .failed: break
        }
        retire(index, reason: reason, after: time)
        forgetOldHistory()
    }

    /// Stops serving the job and gives up all its versions; their tables may be deleted from `time`
    /// on.
    ///
    /// Numbers stay used, and the hold goes.
    mutating func remove(reason: String, by actor: String, at time: Int64) throws(CatalogError) {
        for index in versions.indices where versions[index].state.isUnfinished {
            throw refusal("remove", index, "its run is under way")
        }
        for index in versions.indices where versions[index].hasTable {
            switch versions[index].state {
            case .dropped: continue
            case .unknown: throw refusal("remove", index, "a newer Nostos wrote it")
            default: retire(index, reason: versions[index].reason ?? reason, after: time)
            }
        }
        (currentNumber, hold) = (nil, nil)
        removal = Removal(reason: reason, by: actor, at: time)
        forgetOldHistory()
    }

    /// The tables of these dropped versions are deleted.
    mutating func free(_ numbers: [Int]) {
        for number in numbers {
            guard let index = index(of: number), versions[index].state == .dropped else { continue }
            versions[index].hasTable = false
        }
        forgetOldHistory()
    }
}

extension JobState {
    /// The version that a rollback goes to: the one that was named, else the newest good one.
    ///
    /// - Throws: ``CatalogError/rolledBack(job:current:_:)`` and ``CatalogError/noPrevious(job:)``.
    public func rollbackTarget(_ target: Int?) throws(CatalogError) -> Int {
        if let target { return target }
        if let hold, hold.isOfRollback {
            throw .rolledBack(job: name, current: currentNumber ?? 0, hold)
        }
        guard currentNumber != nil, let number = previous.first?.number else {
            throw .noPrevious(job: name)
        }
        return number
    }

    /// The index of a version whose run is under way.
    private func unfinished(_ number: Int, verb: String) throws(CatalogError) -> Int {
        let index = try known(number)
        guard versions[index].state.isUnfinished else {
            throw refusal(verb, index, "its run has ended")
        }
        return index
    }

    /// The index of a version whose table can be served.
    private func readable(_ number: Int, verb: String) throws(CatalogError) -> Int {
        let index = try known(number)
        if versions[index].state == .dropped { throw .goneVersion(job: name, version: number) }
        guard versions[index].state.isReadable, versions[index].hasTable else {
            throw refusal(verb, index, "it has no table that can be served")
        }
        return index
    }

    private func known(_ number: Int) throws(CatalogError) -> Int {
        if let index = index(of: number) { return index }
        throw wasUsed(number)
            ? .goneVersion(job: name, version: number)
            : .unknownVersion(job: name, version: number)
    }

    private func refusal(_ verb: String, _ index: Int, _ hint: String) -> CatalogError {
        let version = versions[index]
        return .refused(
            verb: verb, job: name, version: version.number, state: version.state, hint: hint)
    }
}
