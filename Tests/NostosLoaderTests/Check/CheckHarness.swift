import Nostos
import SystemPackage
import TestSupport

@testable import NostosLoader

/// Finished tables for checks, without a run.
struct CheckHarness {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A table with an int64 key from 1 on and one field of these values.
    func table(
        _ values: [TestValue], type: ValueType = .any, isList: Bool = false,
        name: String = "new"
    ) throws -> TableReader {
        try table([Field(name: "v", type: type, isList: isList)], values.map { [$0] }, name: name)
    }

    /// A table with an int64 key from 1 on.
    func table(
        _ fields: [Field], _ rows: [[TestValue]], name: String = "new"
    ) throws -> TableReader {
        let path = directory.file("\(name)-\(UInt64.random(in: 0 ... .max))")
        let records = rows.enumerated().map { (KeyPart.int64(Int64($0 + 1)), $1) }
        try TableFixture(keyType: .int64, fields: fields, records: records).write(to: path)
        return try TableReader(opening: path)
    }

    /// The finding of a check of the field `v`.
    func finding(_ check: any FieldCheck, _ table: TableReader) throws -> Finding {
        var scan = FieldScan(table)
        scan.add(check, of: "v", ordinal: 0)
        return try scan.run { _ in }[0] ?? .notEvaluated("nothing")
    }

    /// The version that is current.
    func baseline(_ table: TableReader) -> Baseline { Baseline(version: 12, table: table) }
}

extension Finding {
    /// `ok`, `fails` or `skipped`, and the sentence.
    var text: String {
        let word =
            switch verdict {
            case .holds: "ok"
            case .fails: "fails"
            case .skipped: "skipped"
            }
        return "\(word): \(sentence)" + (keys.isEmpty ? "" : " \(keys)")
    }
}
