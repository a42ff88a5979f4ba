import Foundation
import Nostos
import SystemPackage
import TestSupport
import Testing

@testable import NostosLoader

/// Files as gzip and zstd write them: whole, cut off, damaged.
@Suite(.timeLimit(.minutes(10))) struct CompressedFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let programs: [(Compression, String)] = [
        (.gzip, "gzip -n"), (.zstd, "zstd"),
    ]

    /// The bytes that the program makes of a text.
    private func compressed(_ text: String, _ program: String) throws -> [UInt8] {
        let path = directory.file(UUID().uuidString).string
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        try runProgram("/bin/sh", ["-c", "\(program) -q -c \(path) >\(path).out"], input: "")
        return Array(try Data(contentsOf: URL(fileURLWithPath: path + ".out")))
    }

    private func read(_ bytes: [UInt8], _ compression: Compression) throws -> [UInt8] {
        let path = directory.file(UUID().uuidString)
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        let file = try FileBytes(path)
        let input: any ByteInput = compression == .gzip ? GzipBytes(file) : ZstdBytes(file)
        var output: [UInt8] = []
        while try input.read(into: &output) {}
        #expect(try input.read(into: &output) == false)
        return output
    }

    /// More than a piece, and more than a piece of it in one compressed piece.
    @Test(arguments: programs)
    func whatWasCompressedComesBack(compression: Compression, program: String) throws {
        for text in ["", "a", String(repeating: "abc\n", count: 400_000)] {
            #expect(try read(compressed(text, program), compression) == Array(text.utf8))
        }
        var random = SplitMix64(seed: 7)
        let noise = (0..<200_000).map { _ in "\(random.next())\n" }.joined()
        #expect(try read(compressed(noise, program), compression) == Array(noise.utf8))
    }

    @Test(arguments: programs)
    func severalMembersAreOneFile(compression: Compression, program: String) throws {
        let bytes = try ["id,a\n", "1,2\n", "", "3,4\n"].flatMap { try compressed($0, program) }
        #expect(try read(bytes, compression) == Array("id,a\n1,2\n3,4\n".utf8))
    }

    @Test(arguments: programs)
    func aFileThatIsCutOffAnywhereIsDamaged(compression: Compression, program: String) throws {
        let bytes = try compressed("id,a\n1,hello\n2,hello hello\n", program)
        for count in 0..<bytes.count {
            #expect(throws: ByteInputError.self, "\(count) bytes") {
                try read(Array(bytes[..<count]), compression)
            }
        }
    }

    /// Every bit of a small file: the text, or an error with its offset, and never another text.
    @Test(arguments: programs)
    func aFlippedBitIsNeverAnotherText(compression: Compression, program: String) throws {
        let text = "id,a\n1,hello\n2,hello hello\n3,world\n"
        let bytes = try compressed(text, program)
        var refused = 0
        for bit in 0..<8 * bytes.count {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                #expect(try read(damaged, compression) == Array(text.utf8), "bit \(bit)")
            } catch ByteInputError.damaged(let offset, let reason) {
                #expect((0...bytes.count).contains(offset) && reason.contains(": "))
                refused += 1
            }
        }
        #expect(refused > 8 * bytes.count / 2)
    }

    @Test(arguments: programs)
    func randomBytesAreRefused(compression: Compression, program: String) throws {
        let start = try compressed("abc", program).prefix(4)
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            let noise = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for bytes in [noise, start + noise] {
                #expect(throws: ByteInputError.self) { try read(Array(bytes), compression) }
            }
        }
    }

    @Test func trailingBytesAreDamage() throws {
        let bytes = try compressed("id,a\n", "gzip -n")
        let error = #expect(throws: ByteInputError.self) {
            try read(bytes + Array("rubbish".utf8), .gzip)
        }
        guard case .damaged(let offset, "gzip: incorrect header check")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((bytes.count...bytes.count + 7).contains(offset))
    }

    @Test func aSourceNamesTheFileAndTheOffset() throws {
        let bytes = try compressed("id,a\n1,2\n", "gzip -n")
        let path = directory.file("cut.csv.gz")
        try Data(bytes[..<20]).write(to: URL(fileURLWithPath: path.string))
        let source = FileSource(
            file: FileInput(path: path, format: .csv, compression: .gzip),
            contract: TextContract(keys: ["id"]))
        #expect(
            throws: SourceError.badInput(
                source: path.string, line: nil, row: 2,
                reason: """
                    damaged at offset 20 of the file: gzip: the file ends in the middle of its data
                    """)
        ) { try source.open() }
        let missing = FileSource(
            file: FileInput(path: directory.file("no.csv"), format: .csv, compression: .none),
            contract: TextContract())
        #expect(
            throws: SourceError.unavailable(
                source: directory.file("no.csv").string,
                reason: "No such file or directory (paths are relative to the job file)")
        ) { try missing.open() }
        let folder = FileSource(
            file: FileInput(path: directory.path, format: .csv, compression: .none),
            contract: TextContract())
        #expect(
            throws: SourceError.unavailable(
                source: directory.path.string,
                reason: "Is a directory (paths are relative to the job file)")
        ) { try folder.open() }
    }
}
