import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import Nostos

/// Tables whose pages cannot be read any more under a reader that has read them.
///
/// The processor says SIGBUS then. Without the guard these tests end the process of all tests.
/// (Exit tests they are not: those wait for every child, and with `Process` in other tests wait for
/// ever.)
@Suite(.timeLimit(.minutes(10))) struct LostPageTests {
    @Test func aTableThatIsCutShortGivesErrorsAndNeverAWrongValue() throws {
        for size in [0, 4096, 40_960, 41_000, -8192, -4096, -5000, -100, -1] {
            let table = try DamagedTable()
            try #require(table.readAll() == DamagedTable.rowCount)
            try table.cut(to: size >= 0 ? size : table.size + size)
            let right = table.readAll()
            #expect(right == 0, "cut to \(size): the index is gone, \(right) were right")
            #expect(table.wrong.isEmpty, "cut to \(size): \(table.wrong)")
        }
    }

    /// Only the rows of lost pages' groups are errors.
    @Test func onlyTheRowsOfLostPagesAreErrors() throws {
        let table = try DamagedTable()
        let all = DamagedTable.rowCount
        try #require(table.readAll() == all)
        for lost in [[3], [3, 4], Array(3..<18)] {
            try table.lose(pages: lost)
            let right = table.readAll()
            #expect(right < all && right > 0, "\(lost): \(right) of \(all)")
            #expect(table.errors.allSatisfy { $0.hasPrefix("groups at ") }, "\(table.errors)")
            // From the first loss on all rows of a group go with its lost page.
            let again = table.readAll()
            #expect(again <= right && again > 0, "\(lost): \(again), before \(right)")
            #expect(table.readAll() == again)
            #expect(table.wrong.isEmpty, "\(table.wrong)")
        }
        // One more than are replaced one by one: the rest is given up with it.
        try table.lose(pages: Array(1..<3) + [18])
        _ = table.readAll()
        let rest = table.readAll()
        #expect(rest == 0, "\(rest) are right")
        #expect(table.wrong.isEmpty, "\(table.wrong)")
    }

    @Test func batchesAndCursorsAreToldToo() throws {
        let table = try DamagedTable()
        try #require(table.readBatch() == DamagedTable.rowCount)
        try #require(table.scan() == DamagedTable.rowCount)
        try table.lose(pages: [5])
        #expect(table.readBatch() == nil)
        #expect(table.scan() == nil)
        #expect(table.wrong.isEmpty)
        #expect(throws: TableError.self) { try table.reader.verify() }
        #expect(table.reader.damages().count == 1)
    }

    /// Pages go while two threads read: each answer is right or an error.
    @Test func threadsThatReadMeanwhileGetNoWrongValue() throws {
        for round in 0..<6 {
            let table = try DamagedTable()
            let tables = [try DamagedTable(sharing: table), try DamagedTable(sharing: table)]
            let readers = try tables.map { table in
                try PollingThread(interval: .milliseconds(1)) { _ = table.readAll() }
            }
            while tables.contains(where: { $0.rounds < 2 }) { usleep(100) }
            if round % 2 == 0 {
                for page in 0..<10 { try table.lose(pages: [page * 2]) }
            } else {
                try table.cut(to: 4096 * (round / 2))
            }
            let seen = tables.map(\.rounds)
            while zip(tables, seen).contains(where: { $0.rounds < $1 + 3 }) { usleep(100) }
            for reader in readers { reader.stop() }
            #expect(tables.flatMap(\.wrong) == [])
            #expect(tables.map(\.errorCount).allSatisfy { $0 > 0 })
        }
    }

    /// In processes of their own, for they end.
    @Test(arguments: [("load", 128 + SIGBUS), ("sent", 128 + SIGBUS), ("handled", 42)])
    func whatIsNotOursGoesToTheHandlerThatWasThereBefore(_ mode: String, _ status: Int32) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("j_1.table")
        try TableFixture(keyType: .int64, fields: [], records: []).write(to: path)
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = URL(fileURLWithPath: tests).deletingLastPathComponent()
        let probe = folder.appendingPathComponent("GuardProbe").path
        // The shell tells a signal as 128 and its number.
        let script = "SWIFT_BACKTRACE=enable=no '\(probe)' \(mode) '\(path)' || echo $?"
        let said = try runProgram("/bin/sh", ["-c", script], input: "")
        #expect(said.split(separator: "\n").last.map(String.init) == "\(status)")
    }
}

/// A table of many pages, all read once, and ways to spoil it.
final class DamagedTable: Sendable {
    static let rowCount = 1500
    let reader: TableReader
    let size: Int
    private let path: FilePath
    private let directory: TemporaryDirectory
    private let tally = Lock<Tally>(Tally())

    private struct Tally {
        var wrong: [String] = []
        var errors: [String] = []
        var errorCount = 0
        var rounds = 0
    }

    var wrong: [String] { tally.withLock { $0.wrong } }
    /// The parts that the last reading could not read, each as `part at offset`.
    var errors: [String] { tally.withLock { $0.errors } }
    var errorCount: Int { tally.withLock { $0.errorCount } }
    var rounds: Int { tally.withLock { $0.rounds } }

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("j_1.table")
        let fixture = TableFixture(
            keyType: .int64,
            fields: [
                Field(name: "text", type: .string), Field(name: "word", type: .string),
                Field(name: "tags", type: .string, isList: true),
            ],
            records: (0..<Self.rowCount).map { (.int64(Int64($0)), Self.values($0)) })
        try fixture.write(to: path, job: "j", version: 1)
        reader = try TableReader(opening: path)
        size = reader.info.size
    }

    /// The same open table with a tally of its own.
    init(sharing table: DamagedTable) throws {
        (reader, size, path) = (table.reader, table.size, table.path)
        directory = table.directory
    }

    private static func values(_ row: Int) -> [TestValue] {
        // Text that no dictionary shortens, so that the groups take most of the file.
        var random = SplitMix64(seed: UInt64(row))
        let text = (0..<6).map { _ in String(random.next(), radix: 36) }.joined()
        let tags = (0..<row % 9).map { TestValue.string("tag number \((row + $0 * 31) % 600)") }
        return [.string(text), .string("word \(row % 700)"), .list(tags)]
    }

    static let expected: [[UInt8]] = (0..<rowCount).map { row in
        let json = try? zip(["text", "word", "tags"], values(row)).map { name, value in
            "\"\(name)\":\(try value.json())"
        }
        return Array("{\(json?.joined(separator: ",") ?? "")}".utf8)
    }

    static func key(_ row: Int) -> [UInt8] {
        let schema = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])
        return (try? schema.encode([.int64(Int64(row))])) ?? []
    }
}

extension DamagedTable {
    /// Looks every row up; gives how many answers are right.
    ///
    /// The others must be errors.
    func readAll() -> Int {
        let all = reader.select()
        var right = 0
        var errors: [String] = []
        for row in 0..<Self.rowCount {
            var output: [UInt8] = []
            do throws(TableError) {
                let isFound = try reader.get(Self.key(row).span, all, into: &output)
                if isFound && output == Self.expected[row] { right += 1 } else { fail(row, output) }
            } catch {
                guard case .corrupt(_, let part, let offset, _) = error else {
                    fail(row, Array("\(error)".utf8))
                    continue
                }
                errors.append("\(part) at \(offset)")
            }
        }
        tally.withLock {
            $0.errors = errors
            $0.errorCount += errors.count
            $0.rounds += 1
        }
        return right
    }

    /// Looks all rows up at once; nil when that is an error.
    func readBatch() -> Int? {
        var batch = LookupBatch()
        for row in 0..<Self.rowCount { batch.append(Self.key(row).span) }
        var output: [UInt8] = []
        guard let found = try? reader.get(&batch, reader.select(), into: &output) else {
            return nil
        }
        for row in 0..<Self.rowCount {
            let answer = batch.answer(row).map { Array(output[$0]) }
            if answer != Self.expected[row] { fail(row, answer ?? []) }
        }
        return found
    }

    /// Walks through all rows; nil when that is an error.
    func scan() -> Int? {
        var cursor = reader.makeCursor()
        let all = reader.select()
        var row = 0
        do {
            while try cursor.next() {
                var output: [UInt8] = []
                try cursor.appendJSON(all, into: &output)
                if output != Self.expected[row] { fail(row, output) }
                row += 1
            }
            return row
        } catch {
            return nil
        }
    }

    private func fail(_ row: Int, _ answer: [UInt8]) {
        tally.withLock { $0.wrong.append("row \(row): \(String(decoding: answer, as: UTF8.self))") }
    }

    func cut(to size: Int) throws {
        guard unsafe truncate(path.string, off_t(size)) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Makes pages unreadable, as a failing disk would: beneath each lies the end of an empty file.
    func lose(pages: [Int]) throws {
        let empty = directory.file("empty").string
        let file = unsafe open(empty, O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        for page in pages {
            let address = unsafe UnsafeMutableRawPointer(mutating: reader.mapping.base)
            let mapped = unsafe mmap(
                address + page * 4096, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0)
            try #require(unsafe mapped != MAP_FAILED)
        }
    }
}
