import Nostos
import NostosLoader
import TestSupport

/// Rows from an array; breaks off where `failure` says so.
final class ArrayCursor: RowCursor {
    let columns: [SourceColumn]
    private var rows: ArraySlice<[TestValue]>
    private let failure: SourceError?

    init(_ columns: [SourceColumn], _ rows: [[TestValue]], failure: SourceError? = nil) {
        self.columns = columns
        self.rows = rows[...]
        self.failure = failure
    }

    func next(into row: inout Row) throws(SourceError) -> Bool {
        row.removeAll()
        guard let values = rows.popFirst() else {
            if let failure { throw failure }
            return false
        }
        for value in values {
            value.append(to: &row.bytes)
            row.ends.append(row.bytes.count)
        }
        return true
    }
}

/// One generator of a test: its columns, and its rows.
struct TestGenerator {
    var name: String
    var isSet = false
    var columns: [SourceColumn]
    var rows: [[TestValue]] = []

    init(
        _ name: String, isSet: Bool = false, _ columns: [(String, ValueType?)],
        _ rows: [[TestValue]] = []
    ) {
        self.name = name
        self.isSet = isSet
        self.columns = columns.map { SourceColumn(name: $0.0, type: $0.1) }
        self.rows = rows
    }

    var input: GeneratorInput { GeneratorInput(name: name, isSet: isSet, columns: columns) }
}

extension TestValue {
    /// Appends the encoded form, where nothing may be thrown.
    fileprivate func append(to output: inout [UInt8]) {
        do {
            try encode(into: &output)
        } catch {
            preconditionFailure("a test with a bad value: \(error)")
        }
    }
}
