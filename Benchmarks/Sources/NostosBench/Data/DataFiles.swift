import Glibc
import Nostos

/// The folder of a data set's files; they are generated once and mapped by every worker.
///
/// A list of byte strings takes two files: `NAME.bytes`, one after another, and `NAME.ends`, where
/// each ends, 8 bytes each. Mapped files do not count as a worker's anonymous memory.
struct DataFiles {
    /// Lists of keys to look up beside the plain hits: misses, and draws that mirror the keys'
    /// popularity.
    enum QueryList: String, CaseIterable {
        /// Rows drawn uniformly.
        case uniform
        /// Rows drawn by Zipf's law, 0.99, the popular ones spread over the table.
        case zipf
        /// Half are drawn uniformly, half are not in the table.
        case miss
    }

    static let queryCount = 1_000_000
    static let sampleCount = 1000

    let folder: String

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Generates the files unless they are there from an earlier run of the same size.
    func generate(_ set: DataSet, rowCount: Int) throws {
        let mark = path("complete-\(set.rawValue)-\(rowCount)")
        if access(mark, F_OK) == 0 { return }
        try makeFolder(folder)
        var rows = set.rows(count: rowCount)
        try writeRows(&rows, set)
        let permutation = Self.permutation(of: rowCount)
        let file = try OutputFile(creating: path("permutation"))
        permutation.withUnsafeBytes { file.write($0) }
        try file.close()
        for list in QueryList.allCases {
            try writeQueries(list, &rows, permutation)
        }
        try OutputFile(creating: mark).close()
    }

    private func writeRows(_ rows: inout any RowGenerator, _ set: DataSet) throws {
        let keys = try ListWriter(self, "keys")
        let records = try ListWriter(self, "records")
        let texts = try ListWriter(self, "texts")
        let labels = set.schema.fields.enumerated().map { index, field in
            Array("\(index == 0 ? "{" : ",")\"\(field.name)\":".utf8)
        }
        var record = RecordBuilder()
        var text: [UInt8] = []
        for row in 0..<rows.keys.count {
            record.removeAll()
            try rows.next(into: &record)
            text.removeAll(keepingCapacity: true)
            var position = 0
            for label in labels {
                text += label
                guard EncodedValue.appendJSON(in: record.bytes.span, at: &position, to: &text)
                else { throw Failure("the generator made a bad record: row \(row)") }
            }
            text.append(UInt8(ascii: "}"))
            rows.keys.withKey(row) { keys.append($0) }
            record.bytes.withUnsafeBytes { records.append($0) }
            text.withUnsafeBytes { texts.append($0) }
        }
        for list in [keys, records, texts] { try list.close() }
    }

    private func writeQueries(
        _ list: QueryList, _ rows: inout any RowGenerator, _ permutation: [UInt32]
    ) throws {
        let file = try ListWriter(self, "queries-\(list.rawValue)")
        let count = rows.keys.count
        let zipf = ZipfRows(count: count)
        var draws = Draws(seed: 0x51)
        var key: [UInt8] = []
        for _ in 0..<Self.queryCount {
            let row = list == .zipf ? Int(permutation[zipf.draw(&draws)]) : draws.below(count)
            guard list == .miss, draws.isChosen(percent: 50) else {
                rows.keys.withKey(row) { file.append($0) }
                continue
            }
            repeat {
                key.removeAll(keepingCapacity: true)
                rows.appendCandidateKey(to: &key)
            } while rows.keys.contains(key)
            key.withUnsafeBytes { file.append($0) }
        }
        try file.close()
    }

    private static func permutation(of count: Int) -> [UInt32] {
        var draws = Draws(seed: 0x52)
        var permutation = (0..<UInt32(count)).map(\.self)
        for index in stride(from: count - 1, to: 0, by: -1) {
            permutation.swapAt(index, draws.below(index + 1))
        }
        return permutation
    }
}

/// Writes the two files of a list.
final class ListWriter {
    private let bytes: OutputFile
    private let ends: OutputFile
    private var end: UInt64 = 0

    init(_ files: DataFiles, _ name: String) throws {
        bytes = try OutputFile(creating: files.path("\(name).bytes"))
        ends = try OutputFile(creating: files.path("\(name).ends"))
    }

    func append(_ element: UnsafeRawBufferPointer) {
        bytes.write(element)
        end += UInt64(element.count)
        withUnsafeBytes(of: end) { ends.write($0) }
    }

    func close() throws {
        try bytes.close()
        try ends.close()
    }
}

/// A buffered file that is written once.
final class OutputFile {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var isGood = true

    init(creating path: String) throws {
        guard let file = fopen(path, "w") else { throw systemFailure("create", path) }
        (self.path, self.file) = (path, file)
        setvbuf(file, nil, _IOFBF, 1 << 20)
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        isGood = fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count && isGood
    }

    func close() throws {
        let isClosed = fclose(file) == 0
        guard isGood, isClosed else { throw systemFailure("write", path) }
    }
}
