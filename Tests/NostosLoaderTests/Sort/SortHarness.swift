import Nostos
import SystemPackage
import TestSupport

@testable import NostosLoader

/// An entry as a value, for models.
struct SortEntry: Equatable, CustomStringConvertible {
    var key: [UInt8]
    var generator: Int
    var payload: [UInt8]

    var description: String { "\(key)/\(generator)=\(payload)" }

    init(_ key: [UInt8], _ generator: Int, _ payload: [UInt8]) {
        (self.key, self.generator, self.payload) = (key, generator, payload)
    }
}

extension [SortEntry] {
    /// The dullest model: a stable sort by key, then generator.
    var modelSorted: [SortEntry] {
        enumerated().sorted { left, right in
            if left.element.key != right.element.key {
                return left.element.key.lexicographicallyPrecedes(right.element.key)
            }
            if left.element.generator != right.element.generator {
                return left.element.generator < right.element.generator
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    /// Puts all entries into a sorter and reads them back.
    func sorted(
        layout: SortLayout, storage: @escaping () throws(SortError) -> any SortedRunStorage
    ) throws(SortError) -> (entries: [SortEntry], statistics: RowSorter.Statistics) {
        var sorter = RowSorter(layout: layout, makeStorage: storage)
        for entry in self { try sorter.add(entry) }
        let merged = try sorter.finish()
        let statistics = merged.statistics
        return (try remainingEntries(of: merged), statistics)
    }

    func sorted(layout: SortLayout) throws(SortError) -> [SortEntry] {
        try sorted(layout: layout) { () throws(SortError) in MemoryStorage() }.entries
    }

    /// Entries with few different keys, prefixes of each other, two thirds with a common start.
    static func random(
        maxCount: Int, maxPayloadSize: Int = 40, seed: UInt64
    ) -> [SortEntry] {
        var random = SplitMix64(seed: seed)
        let start = [UInt8](repeating: 7, count: [0, 1, 11][Int(seed % 3)])
        return (0..<Int.random(in: 0...maxCount, using: &random)).map { _ in
            let key: [UInt8] =
                start
                + (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    UInt8.random(in: 0...1, using: &random) &* 255
                }
            let payload = (0..<Int.random(in: 0...maxPayloadSize, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            return SortEntry(key, Int.random(in: 0...3, using: &random), payload)
        }
    }
}

extension RowSorter {
    mutating func add(_ entry: SortEntry) throws(SortError) {
        try add(key: entry.key.span, generator: entry.generator, payload: entry.payload.span)
    }
}

/// All entries of a sorter that has ended.
func remainingEntries(of merged: consuming MergedEntries) throws(SortError) -> [SortEntry] {
    var result: [SortEntry] = []
    while try merged.next() {
        result.append(
            SortEntry(bytes(of: merged.key), merged.generator, bytes(of: merged.payload)))
    }
    return result
}

/// All entries of a merge from the next one on.
func remainingEntries(of merge: inout SortedRunMerge) throws(SortError) -> [SortEntry] {
    var result: [SortEntry] = []
    while try merge.next() {
        let (window, entry) = (merge.window, merge.entry)
        result.append(
            SortEntry(
                bytes(of: window.bytes.extracting(entry.key)), entry.header.generator,
                bytes(of: window.bytes.extracting(entry.payload))))
    }
    return result
}

/// The bytes of a span.
func bytes(of span: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.append(span)
    return copy
}

/// A storage that is an array.
final class MemoryStorage: SortedRunStorage {
    let path: FilePath = "memory"
    var bytes: [UInt8] = []
    var size: Int { bytes.count }

    func append(_ bytes: Span<UInt8>) throws(SortError) { self.bytes.append(bytes) }

    func read(_ count: Int, at offset: Int, into target: inout [UInt8]) throws(SortError) {
        guard offset + count <= bytes.count else {
            throw .damaged(path: path, offset: offset, reason: "cut off")
        }
        target.replaceSubrange(0..<count, with: bytes[offset..<offset + count])
    }
}

/// A storage without room for anything.
final class FullStorage: SortedRunStorage {
    let path: FilePath = "full"
    let size = 0

    func append(_ bytes: Span<UInt8>) throws(SortError) {
        throw .io(operation: "write", path: path, errno: .noSpace)
    }

    func read(_ count: Int, at offset: Int, into target: inout [UInt8]) throws(SortError) {
        throw .io(operation: "read", path: path, errno: .noSpace)
    }
}

/// A countdown that several storages share: the n-th write is the first to fail.
final class WriteCountdown {
    var writesLeft: Int
    init(_ writesLeft: Int) { self.writesLeft = writesLeft }
}

/// A storage that forwards to another until the countdown ends, and then has a full disk.
final class FailingStorage: SortedRunStorage {
    private let base: any SortedRunStorage
    private let countdown: WriteCountdown

    init(_ base: any SortedRunStorage, _ countdown: WriteCountdown) {
        (self.base, self.countdown) = (base, countdown)
    }

    var path: FilePath { base.path }
    var size: Int { base.size }

    func append(_ bytes: Span<UInt8>) throws(SortError) {
        countdown.writesLeft -= 1
        guard countdown.writesLeft >= 0 else {
            throw .io(operation: "write", path: path, errno: .noSpace)
        }
        try base.append(bytes)
    }

    func read(_ count: Int, at offset: Int, into target: inout [UInt8]) throws(SortError) {
        try base.read(count, at: offset, into: &target)
    }
}

extension SortBuffer {
    /// Appends an entry by its parts.
    mutating func append(key: Span<UInt8>, generator: Int, payload: Span<UInt8>) {
        var entry: [UInt8] = []
        let header = EntryHeader(
            keySize: key.count, generator: generator, payloadSize: payload.count)
        entry.append(littleEndian: header.word)
        entry.append(key)
        entry.append(payload)
        append(entry.span)
    }
}
