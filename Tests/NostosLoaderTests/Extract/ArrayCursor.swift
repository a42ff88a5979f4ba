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
    var aggregate: GeneratorSpec.Aggregate?
    var limitPerKey: Int?
    var columns: [SourceColumn]
    var contracts: [ColumnContract] = []
    var constants: [Constant] = []
    var rows: [[TestValue]] = []

    init(
        _ name: String, isSet: Bool = false, _ columns: [(String, ValueType?)],
        _ rows: [[TestValue]] = []
    ) {
        self.init(name, isSet ? .set : nil, columns, rows)
    }

    init(
        _ name: String, _ aggregate: GeneratorSpec.Aggregate?, limit: Int? = nil,
        _ columns: [(String, ValueType?)], _ rows: [[TestValue]] = []
    ) {
        self.name = name
        self.aggregate = aggregate
        limitPerKey = limit
        self.columns = columns.map { SourceColumn(name: $0.0, type: $0.1) }
        self.rows = rows
    }

    /// A generator of constants.
    init(_ name: String, constants: [Constant]) {
        self.init(name, nil, [])
        self.constants = constants
    }

    /// Adds a contract.
    func contract(
        _ column: String, _ type: ValueType? = nil, isNotNull: Bool = false
    ) -> TestGenerator {
        var copy = self
        copy.contracts.append(
            ColumnContract(name: column, type: type, isNotNull: isNotNull, mark: .wholeFile))
        return copy
    }

    /// Makes a column one of lists.
    func list(_ column: Int) -> TestGenerator {
        var copy = self
        copy.columns[column] = SourceColumn(
            name: columns[column].name, type: columns[column].type, isList: true)
        return copy
    }

    var input: GeneratorInput {
        guard constants.isEmpty else { return GeneratorInput(name: name, constants: constants) }
        return GeneratorInput(
            name: name, columns: columns, aggregate: aggregate, limitPerKey: limitPerKey,
            contracts: contracts)
    }
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
