import Nostos
import NostosLoader

/// A value by hand.
enum TestValue: Hashable {
    case null, bool(Bool), int(Int64), number(String), text(String), timestamp(Int64)
    case json(String), bytes([UInt8]), list([TestValue])

    func append(to output: inout [UInt8]) {
        do {
            try tryAppend(to: &output)
        } catch {
            preconditionFailure("a test with a bad value: \(error)")
        }
    }

    private func tryAppend(to output: inout [UInt8]) throws(ValueError) {
        switch self {
        case .null: EncodedValue.appendNull(to: &output)
        case .bool(let value): EncodedValue.append(bool: value, to: &output)
        case .int(let value): EncodedValue.append(int64: value, to: &output)
        case .number(let text): try EncodedValue.append(number: Array(text.utf8).span, to: &output)
        case .text(let text): try EncodedValue.append(string: Array(text.utf8).span, to: &output)
        case .timestamp(let time): try EncodedValue.append(timestamp: time, to: &output)
        case .json(let text): try EncodedValue.append(json: Array(text.utf8).span, to: &output)
        case .bytes(let bytes): try EncodedValue.append(bytes: bytes.span, to: &output)
        case .list(let values):
            let elements = values.flatMap(\.encoded)
            try EncodedValue.append(list: elements.span, to: &output)
        }
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }
}

extension TestValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByNilLiteral, ExpressibleByBooleanLiteral
{
    init(integerLiteral value: Int64) { self = .int(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(nilLiteral: ()) { self = .null }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}

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
