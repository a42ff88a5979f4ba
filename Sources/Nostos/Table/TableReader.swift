import FoundationEssentials
import Synchronization
public import SystemPackage

/// What a table says of itself, known at open.
public struct TableInfo: Sendable, Equatable {
    /// The key's columns and the fields.
    public let schema: Schema
    /// Records in the table.
    public let rowCount: Int
    /// Bytes of the file.
    public let size: Int
    /// XXH3-64 of the footer, which covers every byte; 16 hexadecimal digits.
    public let digest: String
}

/// Reads one table: a memory-mapped file, shared by all threads without locks.
///
/// Opening reads the footer, the sums of sums and the layout, never the rows. Every page is
/// checked against its sum on its first touch; a damaged one gives ``TableError/corrupt`` for the
/// lookups that need it, and never a wrong value.
public final class TableReader: Sendable {
    /// The file, for messages.
    public let file: FilePath
    /// What the table says of itself.
    public let info: TableInfo

    private let mapping: MappedFile
    private let footer: TableFooter
    private let verifier: PageVerifier
    private let decoder: RowDecoder
    private let isPrepared = Atomic(false)

    // What each lookup needs of the above, ready: reaching into structs that hold arrays costs a
    // retain and a release each time, an eighth of a lookup's samples in a profile.
    private let bytes: MappedBytes
    private let hasFixedKeys: Bool
    private let headsAt: Int
    private let endsAt: Int
    private let groups: Range<Int>
    /// How many groups of rows there are.
    let groupCount: Int

    /// Opens a table.
    ///
    /// - Throws: ``TableError/io(file:operation:_:)``,
    ///   ``TableError/corrupt(file:part:offset:detail:)`` or
    ///   ``TableError/unsupportedVersion(file:found:known:)``.
    /// - Complexity: O(fields), and 8 bytes for every 2 MiB of the file.
    public init(opening file: FilePath) throws(TableError) {
        self.file = file
        do throws(Errno) { mapping = try MappedFile(opening: file) } catch {
            throw .io(file: file, operation: "open", error)
        }
        let (footer, digest) = try Self.footer(of: mapping, file)
        self.footer = footer
        verifier = PageVerifier(file: mapping, footer: footer)
        let verifier = verifier
        do throws(PageError) {
            try verifier.verifyRoot()
            try verifier.verify(footer.range(of: .header))
            try verifier.verify(footer.range(of: .layout))
        } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        let layout = try Self.layout(of: mapping, footer, file)
        do throws(Damage) {
            decoder = try Self.decoder(layout, mapping, footer, verifier)
        } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        bytes = mapping.bytes
        hasFixedKeys = layout.schema.key.isInt64
        headsAt = footer.range(of: .heads).lowerBound
        endsAt = footer.range(of: .ends).lowerBound
        groups = footer.range(of: .groups)
        groupCount = footer.groupCount
        info = TableInfo(
            schema: layout.schema, rowCount: footer.rowCount, size: mapping.size, digest: digest)
    }

    /// The selection of these fields, or of all in schema order.
    public func select(_ names: [String]? = nil) -> FieldSelection {
        FieldSelection(names: names ?? info.schema.fields.map(\.name), schema: info.schema)
    }

    /// Appends the selected fields of one record as a JSON object, such as `{"a":1,"b":["x"]}`.
    ///
    /// A name that the table lacks is null. Any thread may call this at any time.
    ///
    /// - Parameters:
    ///   - key: the encoded key.
    ///   - selection: made by ``select(_:)`` of this table.
    ///   - output: gets the text behind what it holds.
    /// - Returns: false when there is no such key; nothing was appended.
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; `output` is as before.
    /// - Complexity: O(log rows) and the record's size.
    public func get(
        _ key: Span<UInt8>, _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(TableError) -> Bool {
        let start = output.count
        do throws(Damage) {
            guard let group = try groupIndex(of: key) else { return false }
            let view = try self.group(group)
            let (row, isEqual) = try view.lowerBound(key)
            guard isEqual else { return false }
            try decoder.append(selection, of: try view.row(row), in: bytes, to: &output)
            return true
        } catch {
            output.removeLast(output.count - start)
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
    }

    /// A cursor before the first record.
    public func makeCursor() -> TableCursor { TableCursor(self) }

    /// The metadata: job, statistics, provenance.
    public func metadata() throws(TableError) -> TableMetadata {
        let range = footer.range(of: .metadata)
        do throws(PageError) { try verifier.verify(range) } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        var json: [UInt8] = []
        mapping.bytes.append(range, to: &json)
        do {
            return try JSONDecoder().decode(TableMetadata.self, from: Data(json))
        } catch {
            throw Self.corrupt(file, footer, range.lowerBound, "no metadata: \(error)")
        }
    }

    /// Checks the index and the vocabularies, which the first lookup would do otherwise.
    ///
    /// - Complexity: O(their size).
    public func prepare() throws(TableError) {
        do throws(Damage) { try prepareIndex() } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
    }

    /// Reads every byte of the file: all checksums again, the order of all keys, all rows, counts.
    ///
    /// - Returns: the number of records.
    public func verify() throws(TableError) -> Int {
        for page in 0..<footer.range(of: .pageSums).count / 8 {
            do throws(PageError) { try verifier.verify(page: page) } catch {
                throw Self.corrupt(file, footer, error.offset, error.detail)
            }
        }
        _ = try metadata()
        let all = select()
        var cursor = makeCursor()
        var previous: [UInt8]?
        var scratch: [UInt8] = []
        var count = 0
        while try cursor.next() {
            if let previous, !previous.span.precedes(cursor.key.span) {
                throw Self.corrupt(
                    file, footer, footer.range(of: .groups).lowerBound,
                    "the key of row \(count) does not sort after the one before it")
            }
            guard info.schema.key.decode(cursor.key.span) != nil else {
                throw Self.corrupt(
                    file, footer, footer.range(of: .groups).lowerBound,
                    "the key of row \(count) is no key of the schema")
            }
            scratch.removeAll(keepingCapacity: true)
            try cursor.appendJSON(all, into: &scratch)
            previous = cursor.key
            count += 1
        }
        guard count == footer.rowCount else {
            throw Self.corrupt(
                file, footer, footer.range(of: .footer).lowerBound,
                "\(footer.rowCount) rows, found \(count)")
        }
        return count
    }

    // MARK: - Groups

    /// The mapped bytes and where everything is in them; valid while this reader lives.
    var parts: (MappedBytes, TableFooter) { (bytes, footer) }

    var fieldLayouts: [FieldLayout] { decoder.fields }

    /// The group of that ordinal, its bytes verified.
    func group(_ index: Int) throws(Damage) -> GroupView {
        let range = try groupRange(index)
        do throws(PageError) { try verifier.verify(range) } catch {
            throw Damage(offset: error.offset, detail: error.detail)
        }
        return try GroupView(bytes, range, hasFixedKeys: hasFixedKeys)
    }

    /// The last group whose first key does not sort after `key`; nil when `key` sorts before all.
    ///
    /// Heads are first keys cut to 8 bytes: among groups of equal heads whole keys decide.
    func groupIndex(of key: Span<UInt8>) throws(Damage) -> Int? {
        if !isPrepared.load(ordering: .acquiring) { try prepareIndex() }
        let head = GroupBuilder.head(of: key)
        var upper = groupCount(headsUpTo: head)
        guard upper > 0 else { return nil }
        if hasFixedKeys { return upper - 1 }
        var lower = head == 0 ? 0 : groupCount(headsUpTo: head - 1)
        var firstKey: [UInt8] = []
        while lower < upper {
            let middle = (lower + upper) / 2
            firstKey.removeAll(keepingCapacity: true)
            try group(middle).appendKey(0, to: &firstKey)
            if key.precedes(firstKey.span) { upper = middle } else { lower = middle + 1 }
        }
        return lower > 0 ? lower - 1 : nil
    }

    /// How many groups have a head of at most `head`; heads ascend.
    ///
    /// The search has no branch that depends on a comparison, for none could be predicted.
    @inline(__always)
    private func groupCount(headsUpTo head: UInt64) -> Int {
        guard groupCount > 0 else { return 0 }
        var base = 0
        var length = groupCount
        while length > 1 {
            let half = length / 2
            let isUpTo = bytes.load(UInt64.self, at: headsAt + 8 * (base + half)) <= head
            base = isUpTo ? base + half : base
            length -= half
        }
        return bytes.load(UInt64.self, at: headsAt + 8 * base) <= head ? base + 1 : base
    }

    private func groupRange(_ index: Int) throws(Damage) -> Range<Int> {
        let end = bytes.load(UInt64.self, at: endsAt + 8 * index)
        let start =
            index == 0
            ? UInt64(groups.lowerBound) : bytes.load(UInt64.self, at: endsAt + 8 * index - 8)
        guard start >= UInt64(groups.lowerBound), start <= end, end <= UInt64(groups.upperBound)
        else {
            throw Damage(
                offset: endsAt + 8 * index, detail: "group \(index) lies at \(start) to \(end)")
        }
        return Int(start)..<Int(end)
    }

    /// Appends the selected fields of a row of a group.
    func append(
        _ selection: FieldSelection, of row: Range<Int>, to output: inout [UInt8]
    ) throws(Damage) {
        try decoder.append(selection, of: row, in: bytes, to: &output)
    }

    func corrupt(_ damage: Damage) -> TableError {
        Self.corrupt(file, footer, damage.offset, damage.detail)
    }

    // Two threads may both do this; both find the same.
    private func prepareIndex() throws(Damage) {
        let parts: [TablePart] = [.heads, .ends, .vocabularies]
        for part in parts {
            do throws(PageError) { try verifier.verify(footer.range(of: part)) } catch {
                throw Damage(offset: error.offset, detail: error.detail)
            }
        }
        isPrepared.store(true, ordering: .releasing)
    }
}
