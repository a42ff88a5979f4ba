import SystemPackage
import Testing

@testable import Nostos

@Suite struct FileNameTests {
    @Test(arguments: ["a", "0", "user_profile", "a-b_c9", String(repeating: "x", count: 63)])
    func acceptsNamesOfTheRule(name: String) {
        #expect(JobName.isValid(name))
    }

    @Test(arguments: [
        "", "_a", "-a", ".a", "..", "a.b", "a/b", "a/../b", "A", "aB", "a b", "a\0", "\u{e9}",
        "\u{0430}", "%2e%2e", "a\\b", "a\n", String(repeating: "x", count: 64),
        String(repeating: "x", count: 300),
    ])
    func refusesEveryOtherName(name: String) {
        #expect(!JobName.isValid(name))
    }

    @Test func aTableNameSplitsAtTheLastUnderscore() {
        #expect(TableName("a_1_2.table") == TableName(job: "a_1", number: 2))
        #expect(TableName("a_12.table") == TableName(job: "a", number: 12))
    }

    @Test(arguments: [
        "", "a.table", "a_.table", "_1.table", "a_0.table", "a_01.table", "a_+1.table",
        "a_1.tables", "a_1", "A_1.table", "a_1 .table", "a_1234567890123456789.table",
        "../a_1.table", "a_-1.table", "a_\u{0661}.table", ".table", "a__.table",
    ])
    func otherNamesAreNoTables(name: String) {
        #expect(TableName(name) == nil)
    }

    @Test func namesOfTablesAndScratchDirectoriesComeBackFromTheirParsers() {
        for job in ["a", "a_1", "9", "x-_-y", "a__"] {
            for number in [1, 9, 10, 123_456, 999_999_999_999] {
                let table = TableName(job: job, number: number)
                #expect(TableName(table.fileName) == table)
                let scratch = ScratchName(job: job, number: number, pid: 4321)
                #expect(ScratchName(scratch.fileName) == scratch)
            }
        }
    }

    /// Every text of up to six of the characters that matter: what parses is written back the
    /// same, so that no two names mean the same table.
    @Test func whatParsesIsTheOnlyNameOfItsTable() {
        let alphabet = ["a", "_", "0", "1", "-"]
        var texts = [""]
        var parsed = 0
        for _ in 0..<6 {
            texts = texts.flatMap { text in alphabet.map { text + $0 } }
            for text in texts {
                guard let name = TableName(text + ".table") else { continue }
                parsed += 1
                #expect(name.fileName == text + ".table")
            }
        }
        #expect(parsed == 750)
    }

    @Test func noJobSharesAPathWithTheCatalog() {
        let layout = StoreLayout(root: "/s")
        for job in ["catalog", "journal", "commit", "data", "new", "tables"] {
            let own = [layout.lock(job), layout.table(job, 1)]
            let shared = [
                layout.commitLock, layout.journal, layout.data, layout.dataLock, layout.newData,
                layout.newJournal,
            ]
            #expect(Set(own).isDisjoint(with: shared))
        }
    }
}
