import Glibc
import Nostos
import SystemPackage
import TestSupport

/// The entry point of libFuzzer for each input: a crafted table is opened and read in every way.
///
/// The first byte says how the rest is meant: 0 is a table file as it stands; any other value
/// chooses one of the seed tables, and the rest is a list of changes to it. Either way the sums
/// are then made anew, so that the reader's checksums hold and all that is behind them is reached.
/// Anything but an answer or a `TableError` ends the process, which is what libFuzzer looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let choice = input.first else { return 0 }
    let changed =
        choice == 0
        ? Array(input.dropFirst()) : Seeds.table(choice, changedBy: input.dropFirst())
    guard let table = TableSeal.resealed(changed) else { return 0 }
    TableVisitor.visit(table, withMetadata: choice % 16 == 0)
    return 0
}

/// Valid tables from which inputs grow.
enum Seeds {
    private static let tables = SeedTables.all()

    /// Changes are four bytes each: a place (two bytes), an action, a value.
    static func table(_ choice: UInt8, changedBy changes: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = tables[Int(choice) % tables.count]
        var rest = changes
        while rest.count >= 4 {
            let change = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
            // The upper half of the places counts from the file's end, where the layout lies.
            let place = Int(change[0]) << 8 | Int(change[1])
            let offset = place < 1 << 15 ? place : bytes.count - 1 - (place - 1 << 15)
            guard bytes.indices.contains(offset) else { continue }
            switch change[2] % 4 {
            case 0: bytes[offset] = change[3]
            case 1: bytes[offset] &+= change[3]
            case 2: bytes[offset] ^= 1 << (change[3] % 8)
            default: bytes[offset] = [0x00, 0x7F, 0x80, 0xFF][Int(change[3] % 4)]
            }
        }
        return bytes
    }
}

/// Opens the bytes as a table and reads it in every way, within bounds.
enum TableVisitor {
    /// In memory: a run writes as many files as it makes executions.
    private static let path = FilePath("/dev/shm/nostos-fuzz.\(getpid()).table")
    /// Rows that a walk reads: a crafted table may claim far more than a run has time for.
    private static let maxRowCount = 24
    // Unsafe: libFuzzer calls from one thread only.
    nonisolated(unsafe) private static var sink = 0

    /// Metadata is JSON, which takes longer to read than all the rest.
    static func visit(_ bytes: [UInt8], withMetadata: Bool) {
        write(bytes)
        do {
            let table = try TableReader(opening: path)
            if withMetadata { _ = try? table.metadata() }
            try? table.prepare()
            let all = table.select()
            walk(table, all)
            lookUp(table, all)
            readValues(table, all)
            if let name = table.info.schema.fields.last?.name {
                walk(table, table.select([name, "absent"]))
            }
        } catch {
            unsafe sink &+= 1
        }
    }

    private static func walk(_ table: TableReader, _ selection: FieldSelection) {
        var cursor = table.makeCursor()
        var output: [UInt8] = []
        do {
            for _ in 0..<maxRowCount {
                guard try cursor.next() else { break }
                output.removeAll(keepingCapacity: true)
                try cursor.appendJSON(selection, into: &output)
                unsafe sink &+= output.count
                _ = table.info.schema.key.decode(cursor.key.span)
            }
        } catch {
            unsafe sink &+= 1
        }
    }

    private static func lookUp(_ table: TableReader, _ selection: FieldSelection) {
        var output: [UInt8] = []
        for key in SeedTables.keys {
            output.removeAll(keepingCapacity: true)
            let isFound = try? table.get(key.span, selection, into: &output)
            unsafe sink &+= isFound == true ? output.count : 1
            var cursor = table.makeCursor()
            try? cursor.seek(to: key.span)
            _ = try? cursor.next()
        }
    }

    /// Reads typed values; ends the process where they give another error than JSON.
    private static func readValues(_ table: TableReader, _ selection: FieldSelection) {
        let values = table.selectValues()
        var cursor = table.scan()
        var (record, output, key): (EncodedRecord, [UInt8], [UInt8]) = (EncodedRecord(), [], [])
        for _ in 0..<maxRowCount {
            guard (try? cursor.next()) == true else { break }
            record.removeAll()
            output.removeAll(keepingCapacity: true)
            let asJSON = fault { () throws(TableError) in
                try cursor.appendJSON(selection, into: &output)
            }
            let asValues = fault { () throws(TableError) in
                try cursor.visit(values, with: &record)
            }
            guard asJSON == asValues else {
                fatalError("as JSON: \(asJSON ?? "read"); as values: \(asValues ?? "read")")
            }
            key.removeAll(keepingCapacity: true)
            try? cursor.appendKey(to: &key)
            unsafe sink &+= record.bytes.count &+ key.count
        }
        unsafe sink &+= ((try? table.figures()) ?? []).count
    }

    private static func fault(_ body: () throws(TableError) -> Void) -> String? {
        do throws(TableError) {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func write(_ bytes: [UInt8]) {
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite])
            try file.closeAfter { _ = try bytes.withUnsafeBytes { unsafe try file.writeAll($0) } }
        } catch {
            fatalError("no scratch file \(path): \(error)")
        }
    }
}
