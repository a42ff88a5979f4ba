import SystemPackage

/// Brings the catalog's two files together again after any loss (docs/catalog.md, "Recovery").
///
/// All steps run under the exclusive lock of `catalog/commit.lock`. A recovery that dies at any
/// point starts again from the beginning.
struct CatalogRecovery {
    let layout: StoreLayout
    private var journal: Journal { Journal(path: layout.journal) }

    init(_ layout: StoreLayout) {
        self.layout = layout
    }

    /// The environment and its head, consistent with the journal.
    ///
    /// - Parameter isThorough: whether every row is read, not only the head.
    /// - Returns: what readers and the next change go on from.
    /// - Throws: ``CatalogError/lost(path:tables:)`` or ``CatalogError/damaged(file:detail:)``
    ///   when neither file says what the store holds, ``CatalogError/noStore(path:)`` when there
    ///   never was one.
    func recover(isThorough: Bool) throws(CatalogError) -> (SharedEnvironment, CatalogHead) {
        try Disk.removeTree(layout.newData)
        try Disk.unlink(layout.newJournal)
        let damage: CatalogError
        var generation: UInt64 = 0
        do throws(CatalogError) {
            let environment = try LMDBRegistry.shared.open(layout.catalog, layout.data)
            let head = try layout.head(environment)
            generation = head.mark.generation
            if isThorough {
                _ = try layout.jobs(environment)
                _ = try layout.runs(of: nil, environment)
            }
            return try compare(environment, head)
        } catch {
            guard Self.isLoss(error) else { throw error }
            damage = error
        }
        return try rebuild(because: damage, from: generation)
    }

    /// Whether the error means that LMDB's file is gone or damaged.
    static func isLoss(_ error: CatalogError) -> Bool {
        switch error {
        case .damaged, .noStore: true
        default: false
        }
    }

    /// Compares a sound LMDB with the journal.
    private func compare(_ environment: SharedEnvironment, _ head: CatalogHead)
        throws(CatalogError) -> (SharedEnvironment, CatalogHead)
    {
        switch try journal.tail(at: head.mark) {
        case .clean:
            return (environment, head)
        case .longer:
            guard try linesBehind(head.mark) <= 1 else {
                // More than one line ahead: this is an old copy of the file.
                return try rebuildFromJournal(from: head.mark.generation)
            }
            // At most one line was not committed; it is never committed later.
            try journal.cut(after: head.mark)
            return (environment, head)
        case .different:
            return try restoreJournal(environment, head)
        }
    }

    /// The number of whole lines after the mark, not counting a torn one.
    private func linesBehind(_ mark: JournalMark) throws(CatalogError) -> Int {
        let cursor = try journal.cursor(after: mark)
        var count = 0
        while count < 2, try cursor.next() != nil { count += 1 }
        return count
    }

    /// The journal is gone, cut short or another one.
    ///
    /// When it is a whole one that is ahead, LMDB's file is the old one; otherwise it goes on from
    /// its last good line with all that LMDB knows.
    private func restoreJournal(_ environment: SharedEnvironment, _ head: CatalogHead)
        throws(CatalogError) -> (SharedEnvironment, CatalogHead)
    {
        var good = JournalMark.start
        if try journal.exists() {
            do throws(CatalogError) {
                let cursor = try journal.cursor()
                while try cursor.next() != nil { good = cursor.mark }
            } catch {
                guard case .damaged = error else { throw error }
            }
            if good.generation > head.mark.generation {
                return try rebuildFromJournal(from: head.mark.generation)
            }
        }
        let (_, jobs) = try layout.jobs(environment)
        let whole = CatalogContents(
            jobs: Dictionary(uniqueKeysWithValues: jobs.map { ($0.name, $0) }),
            // One line holds them all, and has a longest size.
            runs: try layout.runs(of: nil, environment).map(\.withoutFields))
        let mark = try writeJournal(whole, after: good, generation: head.mark.generation + 1)
        let newHead = CatalogHead(mark: mark)
        try layout.write(newHead, environment)
        return (environment, newHead)
    }

    /// Writes a new journal: the good lines, then one line with the whole catalog.
    ///
    /// The damaged file is kept under another name.
    private func writeJournal(
        _ whole: CatalogContents, after good: JournalMark, generation: UInt64
    ) throws(CatalogError) -> JournalMark {
        let isCreation = generation == 1
        let event = CatalogEvent(
            generation: generation, at: Disk.now(), actor: "nostos",
            action: isCreation ? .create : .checkpoint, job: nil, version: nil, from: nil, to: nil,
            reason: isCreation ? nil : "the journal was lost or damaged")
        let (line, mark) = try JournalEntry(event: event, whole: whole).line(after: good)
        let kept = good.end == 0 ? [] : try journal.bytes(upTo: good.end)
        try Disk.create(layout.newJournal, kept + line)
        if try journal.exists() {
            let aside = layout.catalog.appending("journal.damaged-\(generation)")
            try Disk.unlink(aside)
            try Disk.link(layout.journal, to: aside)
        }
        try Disk.rename(layout.newJournal, to: layout.journal)
        try Disk.sync(directory: layout.catalog)
        return mark
    }
}

extension CatalogRecovery {
    /// Rebuilds LMDB, gone or damaged, from the journal if there is one.
    private func rebuild(because damage: CatalogError, from generation: UInt64)
        throws(CatalogError) -> (SharedEnvironment, CatalogHead)
    {
        if try journal.exists() { return try rebuildFromJournal(from: generation) }
        if case .noStore = damage {
            let tables = try Disk.names(in: layout.tables).count
            guard tables == 0 else { throw .lost(path: layout.catalog.string, tables: tables) }
            throw .noStore(path: layout.root.string)
        }
        throw damage
    }

    /// Rebuilds LMDB from the journal, which must reach the generation that is known of.
    private func rebuildFromJournal(from generation: UInt64)
        throws(CatalogError) -> (SharedEnvironment, CatalogHead)
    {
        let cursor = try journal.cursor()
        var contents = CatalogContents()
        while let entry = try cursor.next() { contents.apply(entry) }
        guard cursor.mark.generation >= max(1, generation) else {
            throw .damaged(
                file: layout.journal.string,
                detail: "its whole lines end at change \(cursor.mark.generation), expected "
                    + "\(max(1, generation)); data.mdb is damaged too")
        }
        for job in contents.jobs.values {
            if let defect = job.defect {
                throw .damaged(file: layout.journal.string, detail: defect)
            }
        }
        if cursor.isTorn { try journal.cut(after: cursor.mark) }
        return try install(contents, CatalogHead(mark: cursor.mark))
    }

    /// Makes a new, empty store in a directory that has neither of the two files.
    func create() throws(CatalogError) -> (SharedEnvironment, CatalogHead) {
        let mark = try writeJournal(CatalogContents(), after: .start, generation: 1)
        return try install(CatalogContents(), CatalogHead(mark: mark))
    }

    /// Makes a new `data.mdb` in a folder of its own, whole and durable, and renames it into place.
    ///
    /// The old lock file goes first, because it describes the old data file. A process that has
    /// both open keeps them, and notices that the data file was replaced.
    private func install(_ contents: CatalogContents, _ head: CatalogHead) throws(CatalogError)
        -> (SharedEnvironment, CatalogHead)
    {
        try Disk.removeTree(layout.newData)
        try Disk.makeDirectory(layout.newData)
        let data = layout.newData.appending("data.mdb")
        let rows = try rows(contents, head)
        do throws(LMDBError) {
            let environment = try LMDBEnvironment(layout.newData)
            defer { environment.close() }
            try environment.write { transaction throws(LMDBError) in
                for (key, value) in rows { try transaction.set(key, value) }
            }
        } catch {
            throw error.catalogError(data)
        }
        try Disk.syncFile(data)
        try Disk.unlink(layout.dataLock)
        try Disk.rename(data, to: layout.data)
        try Disk.sync(directory: layout.catalog)
        try Disk.removeTree(layout.newData)
        return (try LMDBRegistry.shared.open(layout.catalog, layout.data), head)
    }

    private func rows(_ contents: CatalogContents, _ head: CatalogHead) throws(CatalogError)
        -> [(String, [UInt8])]
    {
        var rows = [(CatalogRow.head, try CatalogRow.encode(head, key: CatalogRow.head))]
        for (name, job) in contents.jobs {
            let key = CatalogRow.job(name)
            rows.append((key, try CatalogRow.encode(job, key: key)))
        }
        for run in contents.runs {
            let key = CatalogRow.run(run.job, run.version)
            rows.append((key, try CatalogRow.encode(run, key: key)))
        }
        return rows
    }
}
