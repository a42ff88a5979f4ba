import FoundationEssentials
import Synchronization
public import SystemPackage

/// The facts of a table that are known at open.
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
/// Opening reads the footer, the sums of sums and the layout, never the rows. Every page is checked
/// against its sum on its first touch. A damaged page makes the lookups that need it throw
/// ``TableError/corrupt``, and never return a wrong value.
public final class TableReader: Sendable {
    /// The file, for messages.
    public let file: FilePath
    /// The facts of the table.
    public let info: TableInfo

    let mapping: MappedFile
    let footer: TableFooter
    let verifier: PageVerifier
    let decoding: DecodingContext
    let isPrepared = Atomic(false)

    // The parts of the above that each lookup needs, ready: reaching into structs that hold arrays
    // costs a retain and a release each time, an eighth of a lookup's samples in a profile.
    let bytes: MappedBytes
    let index: TableIndex
    let keyForm: KeyForm
    /// The way from keys to numbers, where keys are numbers.
    let keyCode: KeyCodeView
    let filters: KeyFilterView?
    let goodPages: BitSet.View

    /// See `TableReader+Careful.swift`; made when it is needed.
    let twin: Lock<TableReader?> = Lock(nil)

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
        do throws(Damage) {
            try verifier.verifyRoot()
            try verifier.verify(footer.range(of: .header))
            try verifier.verify(footer.range(of: .layout))
        } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        let layout = try Self.layout(of: mapping, footer, file)
        do throws(Damage) {
            decoding = try Self.decoding(layout, mapping, footer, verifier)
            index = try Self.index(layout, mapping, footer, verifier)
            keyCode = try Self.keyCode(layout, mapping, footer, verifier)
            filters = try KeyFilterView(mapping.bytes, footer)
        } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        bytes = mapping.bytes
        keyForm = layout.keyForm
        goodPages = verifier.goodPages
        info = TableInfo(
            schema: layout.schema, rowCount: footer.rowCount, size: mapping.size, digest: digest)
        // Pages that were read as zeros so far would stay in use: refuse the table.
        guard mapping.isWhole else {
            let error = Damage(lostIn: 0..<mapping.size, mapping)
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
    }

    /// The same table with the same mapping, for `carefully(_:)`.
    init(carefulTwinOf table: TableReader) {
        (file, info, mapping, footer) = (table.file, table.info, table.mapping, table.footer)
        (decoding, bytes, index) = (table.decoding, table.bytes, table.index)
        (keyForm, keyCode, filters) = (table.keyForm, table.keyCode, table.filters)
        verifier = PageVerifier(carefulAs: table.verifier)
        goodPages = verifier.goodPages
    }

    /// The selection of these fields, or of all in schema order.
    public func select(_ names: [String]? = nil) -> FieldSelection {
        FieldSelection(
            names: names ?? info.schema.fields.map(\.name), schema: info.schema, decoding: decoding)
    }

    /// Appends the selected fields of one record as a JSON object, such as `{"a":1,"b":["x"]}`.
    ///
    /// A name that the table lacks is null. Any thread may call this at any time.
    ///
    /// - Parameters:
    ///   - key: the encoded key.
    ///   - selection: made by ``select(_:)`` of this table.
    ///   - output: gets the text after its content.
    /// - Returns: false when there is no such key; nothing was appended.
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``; `output` is as before.
    /// - Complexity: O(log rows) and the record's size.
    public func get(
        _ key: Span<UInt8>, _ selection: FieldSelection, into output: inout [UInt8]
    ) throws(TableError) -> Bool {
        let start = output.count
        do throws(Damage) {
            let isFound = try lookUp(key, selection, into: &output)
            if isWhole { return isFound }
        } catch {
            output.removeLast(output.count - start)
            if isWhole { throw corrupt(error) }
        }
        output.removeLast(output.count - start)
        return try getCarefully(key, selection, into: &output)
    }

    /// A cursor before the first record.
    public func makeCursor() -> TableCursor { TableCursor(self) }

    /// The metadata: job, statistics, provenance.
    public func metadata() throws(TableError) -> TableMetadata {
        let range = footer.range(of: .metadata)
        do throws(Damage) { try verifier.verify(range) } catch {
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
        var json: [UInt8] = []
        mapping.bytes.append(range, to: &json)
        guard !mapping.isLost(range) else {
            let error = Damage(lostIn: range, mapping)
            throw Self.corrupt(file, footer, error.offset, error.detail)
        }
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
}
