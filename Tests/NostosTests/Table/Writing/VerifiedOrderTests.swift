import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

@Suite struct VerifiedOrderTests {
    /// Every two keys of 7 to 9 bytes that differ from another in one byte, anywhere, or in none.
    @Test func keysPrecedeAsTheirBytesDo() {
        let keys = (7...9).flatMap { size in
            (0..<size).flatMap { index in
                ([0, 1, 0x7F, 0x80, 0xFF] as [UInt8]).map { byte -> [UInt8] in
                    var key = [UInt8](repeating: 1, count: size)
                    key[index] = byte
                    return key
                }
            }
        }
        for left in keys {
            for right in keys {
                let model = left.lexicographicallyPrecedes(right)
                #expect(TableReader.precedes(left.span, right.span) == model, "\(left) \(right)")
            }
        }
    }

    /// Two keys in each other's place, behind sums that hold: as numbers, and as bytes.
    @Test func keysOutOfOrderAreFound() throws {
        let names: [UInt8] = Array("bcd".utf8)
        let numbers = (1...4).map { KeyPart.int64(Int64($0) * 10) }
        let texts = ["ka", "kb", "kc", "kd"].map { KeyPart.string($0) }
        // Numbers stand less the first one.
        try check(.int64, numbers, [10, 20, 30], swapped: [20, 10, 30], row: 2)
        try check(.int64, numbers, [10, 20, 30], swapped: [10, 30, 20], row: 3)
        try check(.int64, numbers, [10, 20, 30], swapped: [10, 10, 30], row: 2)
        try check(.string, texts, [names[0] - 1] + names, swapped: Array("acbd".utf8), row: 2)
        try check(.string, texts, [names[0] - 1] + names, swapped: Array("abbd".utf8), row: 2)
    }

    private func check(
        _ keyType: KeyType, _ keys: [KeyPart], _ stored: [UInt8], swapped: [UInt8], row: Int
    ) throws {
        try withTemporaryDirectory { directory in
            let path = directory.appending("a.table")
            let fixture = TableFixture(
                keyType: keyType, fields: [Field(name: "f", type: .bool)],
                records: keys.map { ($0, [.bool(true)]) })
            try fixture.write(to: path)
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path.string)))
            let place = try #require(
                bytes.indices.first { bytes[$0...].starts(with: stored) }, "\(stored)")
            bytes.replaceSubrange(place..<place + stored.count, with: swapped)
            FileCall.unlink(path)
            try Data(#require(TableSeal.resealed(bytes))).write(
                to: URL(fileURLWithPath: path.string))
            let table = try TableReader(opening: path)
            let error = #expect(throws: TableError.self) { try table.verify() }
            guard case .corrupt(_, _, _, let detail)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(detail == "the key of row \(row) does not sort after the one before it")
        }
    }
}
