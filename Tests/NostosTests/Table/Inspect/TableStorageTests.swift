import TestSupport
import Testing

@testable import Nostos

/// The sizes of `show --storage` add up to the file, whatever the table.
@Suite struct TableStorageTests {
    private func storage(_ fixture: TableFixture) throws -> (TableStorage, Int) {
        let directory = try TemporaryDirectory()
        let path = directory.file("a.table")
        let summary = try fixture.write(to: path)
        return (try TableReader(opening: path).storage(), summary.size)
    }

    @Test(arguments: 0..<80)
    func thePartsAddUpToTheFile(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let (storage, size) = try storage(RandomTable.fixture(using: &random))
        let fields = storage.fields.reduce(0) { $0 + $1.size }
        let parts = storage.parts.reduce(0) { $0 + $1.size }
        #expect(fields + parts == size)
        #expect(storage.size == size)
        for field in storage.fields {
            #expect(field.codeSize >= 0 && field.entrySize >= 0 && field.sharedSize >= 0)
            #expect((0...1).contains(field.typedShare))
        }
        for part in storage.parts { #expect(part.size >= 0, "\(part.name)") }
        #expect((0...1).contains(storage.typedRowShare))
    }

    @Test func plainTextsAreNoTypedValues() throws {
        var fixture = TableFixture(
            keyType: .int64,
            fields: [Field(name: "n", type: .int64), Field(name: "t", type: .string)],
            records: (0..<100).map { row in
                (.int64(Int64(row)), [.int(Int64(row)), row < 25 ? .null : .string("text \(row)")])
            })
        fixture.isProfiled = false
        let (storage, _) = try storage(fixture)
        #expect(storage.fields.map(\.typedShare) == [0, 0])
        #expect(storage.typedRowShare == 0)
        fixture.isProfiled = true
        let (profiled, _) = try self.storage(fixture)
        #expect(profiled.fields[0].typedShare == 1)
        #expect(profiled.fields[0].codeSize == 100 * 7 / 8)
    }

    /// Metadata that somebody made up is refused; nothing is added up that could overflow.
    @Test func sizesThatDoNotFitAreRefused() throws {
        var random = SplitMix64(seed: 3)
        var fixture = RandomTable.fixture(using: &random)
        while fixture.records.isEmpty || fixture.schema.fields.isEmpty {
            fixture = RandomTable.fixture(using: &random)
        }
        let directory = try TemporaryDirectory()
        let file = directory.file("a.table")
        try fixture.write(to: file)
        let table = try TableReader(opening: file)
        let metadata = try table.metadata()
        #expect(TableStorage(metadata, table.footer) != nil)
        for number in [Int.min, -1, Int.max] {
            let changes: [(inout TableMetadata) -> Void] = [
                { $0.rowCount = number }, { $0.typedRowCount = number }, { $0.keySize = number },
                { $0.rowSize = number }, { $0.fields[0].nullCount = number },
                { $0.fields[0].textCount = number }, { $0.fields[0].codeBits = number },
                { $0.fields[0].entrySize = number }, { $0.fields[0].sharedSize = number },
            ]
            for change in changes {
                var changed = metadata
                change(&changed)
                #expect(TableStorage(changed, table.footer) == nil)
            }
        }
    }
}
