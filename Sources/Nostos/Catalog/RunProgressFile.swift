import SystemPackage

/// The file in which a run writes its progress once a second, for other processes to read.
///
/// The file is `progress.json` in the run's scratch directory; a rename replaces it. The run holds
/// a lock on `progress.lock` beside it as long as it lives: the kernel frees the lock of a process
/// that dies, also where a process of another container looks. It is not the lock of the job, which
/// a reader must not hold for a moment. Nothing here ever fails a run: a file that cannot be
/// written is missing.
public final class RunProgressFile: Sendable {
    /// The pause between two writings; nothing is written where nothing is new.
    static let interval = Duration.seconds(1)
    /// No file is larger, in bytes.
    static let maxSize = 1 << 20
    private static let name = ProgressName.file
    private static let lockName = ProgressName.lock

    /// The progress, shared with the thread that writes it.
    private final class Content: Sendable {
        private let directory: FilePath
        private let state: Lock<(run: ActiveRun, isNew: Bool)>

        init(_ run: ActiveRun, in directory: FilePath) {
            self.directory = directory
            state = Lock((run, true))
        }

        var run: ActiveRun { state.withLock { $0.run } }

        func update(_ body: (inout ActiveRun) -> Void) {
            state.withLock { state in
                body(&state.run)
                state.isNew = true
            }
        }

        /// Writes what is new; by one thread at a time.
        func write() {
            let run: ActiveRun? = state.withLock { state in
                guard state.isNew else { return nil }
                state.isNew = false
                state.run.updatedAt = Disk.now()
                return state.run
            }
            guard let run, let text = try? CatalogJSON.encode(run) else { return }
            let new = directory.appending(ProgressName.newFile)
            do {
                let file = try FileDescriptor.open(
                    new, .writeOnly, options: [.create, .truncate, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
                try file.closeAfter { _ = try file.writeAll(text) }
                try Disk.rename(new, to: directory.appending(RunProgressFile.name))
            } catch {
                _ = try? Disk.unlink(new)
            }
        }

        func remove() {
            for name in [RunProgressFile.name, RunProgressFile.lockName] {
                _ = try? Disk.unlink(directory.appending(name))
            }
        }
    }

    private let content: Content
    private let lock: FileLock?
    private let thread: PollingThread?

    /// Writes the file of that run at once, and from then on in a thread of its own.
    public init(_ run: JobRun) {
        let content = Content(
            ActiveRun(
                job: run.job, version: run.version, actor: run.actor, startedAt: run.startedAt),
            in: run.scratch)
        self.content = content
        lock = try? FileLock.tryLock(run.scratch.appending(Self.lockName), .exclusive)
        // Without the lock nobody would believe the file.
        guard lock != nil else {
            thread = nil
            return
        }
        content.write()
        thread = try? PollingThread(interval: Self.interval) { content.write() }
    }

    deinit { stop() }

    /// The progress as it is now, written or not.
    public var run: ActiveRun { content.run }

    /// Changes the progress; the file has it within a second.
    public func update(_ body: (inout ActiveRun) -> Void) { content.update(body) }

    /// Ends the writing and removes the file.
    ///
    /// To be called before the run ends, which removes the directory. Calling it again does
    /// nothing.
    public func stop() {
        thread?.stop()
        if lock != nil { content.remove() }
    }

    /// Reads the progress from a run's scratch directory; nil where the run is over or dead, or
    /// wrote no file.
    static func read(in directory: FilePath) -> ActiveRun? {
        guard
            let file = try? FileDescriptor.open(
                directory.appending(name), .readOnly, options: [.noFollow, .closeOnExec]),
            let text = try? file.closeAfter({ try file.bytes(count: maxSize) }),
            let run = CatalogJSON.decode(ActiveRun.self, text)
        else { return nil }
        // Where the lock can be taken, the run that held it is dead.
        let lockPath = directory.appending(lockName)
        do throws(CatalogError) {
            return try FileLock.tryLock(lockPath, .shared) == nil ? run : nil
        } catch {
            return nil
        }
    }
}

extension Catalog {
    /// The runs that are under way in all processes, by job; dead ones are left out.
    ///
    /// The progress of each is at most a second old. Only `scratch/` is read, never the catalog.
    ///
    /// - Throws: ``CatalogError/io(action:path:_:)`` when the directory cannot be listed.
    public func activeRuns() throws(CatalogError) -> [ActiveRun] {
        var runs: [ActiveRun] = []
        for name in try Disk.names(in: layout.scratch) {
            guard let place = ScratchName(name),
                let run = RunProgressFile.read(in: layout.scratch(place)),
                run.job == place.job, run.version == place.number
            else { continue }
            runs.append(run)
        }
        return runs.sorted { ($0.job, $0.version) < ($1.job, $1.version) }
    }
}
