import SystemPackage

/// The environments that this process has open: one per file, shared by all who open it.
///
/// LMDB's locks belong to the process: closing a second environment on the same file would free the
/// locks of the first. A file is identified by device and inode, so a file that was replaced is
/// another one.
final class LMDBRegistry: Sendable {
    static let shared = LMDBRegistry()

    fileprivate struct File: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    fileprivate final class Slot: Sendable {
        /// With the file's length when it was looked at last.
        let state: Lock<(environment: LMDBEnvironment, size: Int)>

        init(_ environment: sending LMDBEnvironment, size: Int) {
            state = Lock((environment, size))
        }
    }

    private let slots = Lock<[File: (slot: Slot, users: Int)]>([:])

    private init() {}

    /// Opens the environment in that directory, or shares the one that is open.
    ///
    /// Its `data.mdb` is there, and is not replaced meanwhile.
    func open(_ directory: FilePath, _ data: FilePath) throws(CatalogError) -> SharedEnvironment {
        guard let status = try Disk.status(data) else { throw .noStore(path: directory.string) }
        let file = File(
            device: UInt64(status.deviceID.rawValue), inode: UInt64(status.inode.rawValue))
        let slot = try slots.withLock { slots throws(CatalogError) in
            if let (slot, users) = slots[file] {
                slots[file] = (slot, users + 1)
                return slot
            }
            let size = try LMDBFile.checkPages(data)
            do throws(LMDBError) {
                let slot = Slot(try LMDBEnvironment(directory), size: size)
                slots[file] = (slot, 1)
                return slot
            } catch {
                throw error.catalogError(data)
            }
        }
        return SharedEnvironment(self, file, slot, data)
    }

    fileprivate func close(_ file: File) {
        slots.withLock { slots in
            guard let (slot, users) = slots[file] else { return }
            slots[file] = users > 1 ? (slot, users - 1) : nil
            // Under this lock, so that no thread opens it again before it is closed.
            if users == 1 { slot.state.withLock { $0.environment.close() } }
        }
    }
}

/// A share in an open environment; the last one closes it.
final class SharedEnvironment: Sendable {
    private let registry: LMDBRegistry
    private let file: LMDBRegistry.File
    private let slot: LMDBRegistry.Slot
    private let path: FilePath

    fileprivate init(
        _ registry: LMDBRegistry, _ file: LMDBRegistry.File, _ slot: LMDBRegistry.Slot,
        _ path: FilePath
    ) {
        self.registry = registry
        self.file = file
        self.slot = slot
        self.path = path
    }

    deinit {
        registry.close(file)
    }

    /// Whether this is still the file at its path; it is not when the catalog was rebuilt.
    func isCurrent() throws(CatalogError) -> Bool {
        guard let status = try Disk.status(path) else { return false }
        return UInt64(status.deviceID.rawValue) == file.device
            && UInt64(status.inode.rawValue) == file.inode
    }

    /// Runs `body` on one consistent state.
    func read<Result>(
        _ body: (borrowing LMDBTransaction) throws(LMDBError) -> Result
    ) throws(CatalogError) -> Result {
        try use { environment throws(LMDBError) in try environment.read(body) }
    }

    /// Runs `body` in one transaction of writing.
    func write(
        _ body: (borrowing LMDBTransaction) throws(LMDBError) -> Void
    ) throws(CatalogError) {
        try use { environment throws(LMDBError) in
            try environment.forgetDeadReaders()
            try environment.write(body)
        }
    }

    private func use<Result>(
        _ body: (LMDBEnvironment) throws(LMDBError) -> Result
    ) throws(CatalogError) -> Result {
        try slot.state.withLock { state throws(CatalogError) in
            state.size = try LMDBFile.check(path, size: state.size)
            do throws(LMDBError) {
                return try body(state.environment)
            } catch {
                throw error.catalogError(path)
            }
        }
    }
}
