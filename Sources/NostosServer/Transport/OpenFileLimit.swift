import Nostos

/// The limit of files, connections among them, that this process may hold open.
enum OpenFileLimit {
    /// The files that tables, the catalog, logs and event loops need besides connections.
    static let reserve = 256

    /// Raises the limit as far as it goes, and says how many connections fit below it.
    static func connectionCount(atMost wanted: Int) -> Int {
        guard let limit = SystemCall.openFileLimit else { return wanted }
        let needed = UInt64(wanted + reserve)
        guard limit.current < needed else { return wanted }
        let raised = min(needed, limit.most)
        SystemCall.setOpenFileLimit(raised, most: limit.most)
        return raised < needed ? max(16, Int(raised) - reserve) : wanted
    }
}
