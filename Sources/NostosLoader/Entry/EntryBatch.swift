import Nostos

/// Some rows of one generator as entries, on their way from the source to the sorter.
final class EntryBatch {
    /// At this size it is handed on.
    static let size = 256 << 10

    /// The entries, one after the other; see `Entry.swift`.
    var bytes: [UInt8] = []
    /// Whose rows they are.
    private(set) var generator = 0
    /// The key's schema where keys must be observed: all but one int64, which becomes a number in
    /// any case.
    var observedKey: KeySchema?

    /// Returns the batch's memory, empty, to be filled with rows of that generator; memory that
    /// large rows took is freed.
    func begin(_ generator: Int) -> [UInt8] {
        self.generator = generator
        var memory: [UInt8] = []
        swap(&memory, &bytes)
        guard memory.capacity <= 2 * Self.size else { return [] }
        memory.removeAll(keepingCapacity: true)
        return memory
    }
}
