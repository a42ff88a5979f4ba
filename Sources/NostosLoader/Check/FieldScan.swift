import Nostos

/// A check of one field's values, one after another.
///
/// An object, because it keeps its findings while the value that it examines is still borrowed.
protocol FieldCheck: AnyObject {
    /// Whether the elements of a list are examined one by one, instead of the list as a whole.
    var looksIntoLists: Bool { get }
    /// Examines a value, or an element, as JSON text; false when it offends.
    func observe(_ value: Span<UInt8>) -> Bool
    /// The finding in `rowCount` records, of which `offenders` offend.
    func finding(rowCount: Int, _ offenders: Offenders) -> Finding
}

/// All checks that examine every record, in one walk through the table.
///
/// Each record is read once, and only in the fields that a check is about.
struct FieldScan {
    /// One field, and the checks that examine it.
    private struct Column {
        var text: FieldText
        let isList: Bool
        var checks: [Entry] = []
    }

    /// One check, its place in the job file, and the keys that offended it.
    private final class Entry {
        let ordinal: Int
        let check: any FieldCheck
        var offenders: Offenders

        init(_ ordinal: Int, _ check: any FieldCheck, _ schema: KeySchema) {
            (self.ordinal, self.check) = (ordinal, check)
            offenders = Offenders(schema)
        }
    }

    private let table: TableReader
    private var names: [String] = []
    private var columns: [Column] = []
    private var keys: PrimaryKeyCheck
    private var keyOrdinals: [Int] = []

    init(_ table: TableReader, repeated: RepeatedKeys? = nil) {
        self.table = table
        keys = PrimaryKeyCheck(repeated: repeated)
    }

    /// Whether there is nothing to walk for.
    var isEmpty: Bool { columns.isEmpty && keyOrdinals.isEmpty }

    /// Adds a check of a field that the table has; `ordinal` is its place in the job file.
    mutating func add(_ check: any FieldCheck, of field: String, ordinal: Int) {
        let schema = table.info.schema
        if !names.contains(field) {
            names.append(field)
            let isList = schema.index(of: field).map { schema.fields[$0].isList } ?? false
            columns.append(Column(text: FieldText(field, of: table), isList: isList))
        }
        guard let index = names.firstIndex(of: field) else { return }
        columns[index].checks.append(Entry(ordinal, check, schema.key))
    }

    /// Adds a check of the keys.
    mutating func addPrimaryKey(ordinal: Int) { keyOrdinals.append(ordinal) }

    /// Shows a field's value to its checks.
    private static func show(_ column: borrowing Column, of key: [UInt8]) {
        for entry in column.checks {
            let holds =
                column.isList && entry.check.looksIntoLists
                ? JSONElements.allSatisfy(column.text.value, entry.check.observe)
                : entry.check.observe(column.text.value)
            if !holds { entry.offenders.add(key) }
        }
    }

    /// Walks through the table; returns the finding of each check, by its place in the job file.
    ///
    /// Calls `report` with the number of records passed, at intervals; `report` may throw to stop.
    mutating func run(report: (Int) throws -> Void) throws -> [Int: Finding] {
        var cursor = table.makeCursor()
        var offendingKeys = Offenders(table.info.schema.key)
        var rowCount = 0
        while try cursor.next() {
            if !keyOrdinals.isEmpty, !keys.observe(cursor.key) { offendingKeys.add(cursor.key) }
            for index in columns.indices {
                try columns[index].text.read(cursor)
                Self.show(columns[index], of: cursor.key)
            }
            rowCount += 1
            if rowCount % ProgressInterval.rows == 0 { try report(rowCount) }
        }
        var findings: [Int: Finding] = [:]
        for ordinal in keyOrdinals {
            findings[ordinal] = keys.finding(rowCount: rowCount, offendingKeys)
        }
        for entry in columns.flatMap(\.checks) {
            findings[entry.ordinal] = entry.check.finding(rowCount: rowCount, entry.offenders)
        }
        return findings
    }
}

/// Walks through the elements of a JSON array that the store wrote: no white space, nothing broken.
enum JSONElements {
    /// Whether all elements satisfy `body`, which is called for every one of them; `null` has none.
    static func allSatisfy(_ array: Span<UInt8>, _ body: (Span<UInt8>) -> Bool) -> Bool {
        guard array.count > 2, array[0] == UInt8(ascii: "[") else { return true }
        var result = true
        var (depth, isText, start, index) = (0, false, 1, 1)
        let end = array.count - 1
        while index < end {
            switch array[index] {
            case UInt8(ascii: "\\") where isText: index += 1
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += isText ? 0 : 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= isText ? 0 : 1
            case UInt8(ascii: ",") where !isText && depth == 0:
                if !body(array.extracting(start..<index)) { result = false }
                start = index + 1
            default: break
            }
            index += 1
        }
        if !body(array.extracting(start..<end)) { result = false }
        return result
    }
}
