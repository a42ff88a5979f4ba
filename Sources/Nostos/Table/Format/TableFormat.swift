// A table file, first byte to last. All integers are little-endian; varints are LEB128.
//
//     header          16 bytes
//     groups          rows in key order, `TableOptions.groupRowCount` a group
//     index           where each group lies, and what key it begins with, see `TableIndexBuilder`
//     keys            where keys are numbers their `KeyCode`, else the separators of groups, see
//                     `TableIndexBuilder`
//     filters         which keys a group may hold, see `KeyFilter`; may be empty
//     vocabularies    one after another, see `Vocabulary`
//     layout          the schema and each field's encoding, see `TableLayout`
//     metadata        JSON: job, counts, statistics, provenance; read only when asked for
//     page sums       8 bytes for each page of 4,096 bytes from offset 0 up to here
//     sums of sums    8 bytes for each page of the page sums
//     footer          `TableFooter.size` bytes
//
// The header:
//
//     OFFSET  SIZE  DESCRIPTION
//          0     8  magic: 6e 6f 73 74 6f 73 0d 0a, "nostos" and a line end that a text-mode
//                   copy breaks
//          8     4  format version; readers refuse what they do not know
//         12     4  zero
//
// The footer:
//
//     OFFSET  SIZE  DESCRIPTION
//          0    72  where each section ends, 8 bytes each: groups, index, keys, filters,
//                   vocabularies, layout, metadata, page sums, sums of sums; each begins where the
//                   one before ends
//         72     8  row count
//         80     8  group count
//         88     8  seed: mixed into every page sum, so that a page of another table, or one in
//                   the wrong place, is not taken for this one
//         96     8  XXH3-64 of the sums of sums, with the seed
//        104     4  format version
//        108     4  zero
//        112     8  XXH3-64 of the footer's bytes 0..<112, with the seed
//        120     8  magic
//
// So every byte is covered: pages by their sums, sums by the sums of sums, these by the footer,
// and the footer by itself. A page's sum has the seed XOR the page's number; a page of sums has
// the seed XOR the complement of its number. The last page of either may be short.
//
// A group (see `GroupBuilder`) holds keys and rows; a row (see `RowEncoder`) holds one record.
//
// A worked example: the first row of `Tests/NostosTests/Table/five-records.dump`, which holds every
// byte of a table of five records as `nostos inspect JOB --bytes` shows it, and which a test keeps
// true. Its layout says: language a vocabulary, 2 bits; score an integer from 25, scale 2, 9 bits;
// seen a timestamp from 1700000000 by 1000000 µs, 3 bits; pro a bool, 2 bits; subtitles a list of
// words, 2 bits; note text, 1 bit. No field has an escape, so 0 is NULL and 1 is the first value.
//
//     05 48 01     packed codes, 19 bits of 0x014805, the least significant first:
//                      language 01          the first word, "en"
//                      score    000000001   25 + 0 at 10^-2: 0.25
//                      seen     001         1700000000 + 0: 2023-11-14T22:13:20Z
//                      pro      01          false
//                      subtitles 01         has an entry
//                      note     0           NULL
//     00           the entry of subtitles: a list of 0 bytes of codes, []
//
// Versions of the format: any change of what a byte means takes the next number and a line below,
// which says what changed. A writer writes the newest. A reader refuses by name what it does not
// know. None has been released yet; from the first release on, a reader reads that one and all
// that follow, for a store keeps versions that an older program wrote.
//
// Version changes:
//     1  first
//     2  keys as numbers, the index with its directory, ends of rows in one byte; presence bits,
//        packed and compressed texts, packed lists; vocabularies begin with a zero end; filters

/// The constants of the table format.
enum TableFormat {
    static let magic: [UInt8] = [0x6E, 0x6F, 0x73, 0x74, 0x6F, 0x73, 0x0D, 0x0A]
    static let version: UInt32 = 2
    static let headerSize = 16
    static let pageSize = 4096

    static var header: [UInt8] {
        var bytes = magic
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: UInt32(0))
        return bytes
    }

    /// The seed of a table's sums: the same for the same job and version, so that building twice
    /// gives the same bytes.
    static func seed(job: String, version: Int) -> UInt64 {
        Checksum.hash(Array("\(job)@\(version)".utf8).span)
    }
}

/// The parts of a table file, in file order.
public enum TablePart: Int, Sendable, CaseIterable {
    case groups, index, keys, filters, vocabularies, layout, metadata, pageSums, sumsOfSums
    case footer, header

    /// The sections whose ends stand in the footer.
    static let sections = Array(allCases[..<TablePart.footer.rawValue])
}

/// The last bytes of a table: where everything is.
struct TableFooter: Equatable {
    static let sumOffset = TablePart.sections.count * 8 + 40
    static let size = sumOffset + 8 + TableFormat.magic.count

    /// The offsets at which the sections end, indexed by `TablePart.rawValue`.
    var ends: [Int]
    var rowCount: Int
    var groupCount: Int
    var seed: UInt64
    var rootSum: UInt64

    /// The range of the section in the file.
    func range(of part: TablePart) -> Range<Int> {
        switch part {
        case .header: 0..<TableFormat.headerSize
        case .groups: TableFormat.headerSize..<ends[0]
        case .footer: ends[ends.count - 1]..<ends[ends.count - 1] + Self.size
        default: ends[part.rawValue - 1]..<ends[part.rawValue]
        }
    }

    /// The part in which an offset lies.
    func part(at offset: Int) -> TablePart {
        if offset < TableFormat.headerSize { return .header }
        return TablePart.sections.first { offset < ends[$0.rawValue] } ?? .footer
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for end in ends { bytes.append(littleEndian: UInt64(end)) }
        bytes.append(littleEndian: UInt64(rowCount))
        bytes.append(littleEndian: UInt64(groupCount))
        bytes.append(littleEndian: seed)
        bytes.append(littleEndian: rootSum)
        bytes.append(littleEndian: TableFormat.version)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: Checksum.hash(bytes.span, seed: seed))
        bytes += TableFormat.magic
        return bytes
    }

    /// Reads and checks the footer of a file of `fileSize` bytes.
    ///
    /// - Throws: the detail of what is wrong, for a ``TableError/corrupt``, or the format version
    ///   where it is one that this reader does not know.
    init(decoding bytes: Span<UInt8>, fileSize: Int) throws(FooterError) {
        guard bytes.count == Self.size, fileSize >= TableFormat.headerSize + Self.size else {
            throw .damaged("\(fileSize) bytes are too few for a table")
        }
        guard bytes.extracting((Self.size - 8)...).elementsEqual(TableFormat.magic.span) else {
            throw .damaged("no magic number at the end: not a table, or cut off")
        }
        let version: UInt32 = bytes.littleEndian(at: Self.sumOffset - 8)
        guard version == TableFormat.version else { throw .version(version) }
        seed = bytes.littleEndian(at: Self.sumOffset - 24)
        let stored: UInt64 = bytes.littleEndian(at: Self.sumOffset)
        let actual = Checksum.hash(bytes.extracting(..<Self.sumOffset), seed: seed)
        guard stored == actual else {
            throw .damaged(
                "checksum \(Checksum.text(actual)), stored \(Checksum.text(stored))")
        }
        rootSum = bytes.littleEndian(at: Self.sumOffset - 16)
        ends = []
        var previous = TableFormat.headerSize
        for index in TablePart.sections.indices {
            let end: UInt64 = bytes.littleEndian(at: index * 8)
            guard end >= UInt64(previous), end <= UInt64(fileSize - Self.size) else {
                throw .damaged("section \(TablePart.sections[index]) ends at \(end)")
            }
            previous = Int(end)
            ends.append(previous)
        }
        let rows: UInt64 = bytes.littleEndian(at: TablePart.sections.count * 8)
        let groups: UInt64 = bytes.littleEndian(at: TablePart.sections.count * 8 + 8)
        guard previous == fileSize - Self.size, rows <= UInt64(fileSize) << 8, groups <= rows else {
            throw .damaged("\(rows) rows in \(groups) groups in \(fileSize) bytes")
        }
        (rowCount, groupCount) = (Int(rows), Int(groups))
        let pageCount = Self.pageCount(
            of: range(of: .groups).lowerBound..<range(of: .metadata).upperBound)
        guard range(of: .pageSums).count == pageCount * 8,
            range(of: .sumsOfSums).count == Self.pageCount(of: 0..<pageCount * 8) * 8
        else { throw .damaged("sections do not fit the counts") }
    }

    init(ends: [Int], rowCount: Int, groupCount: Int, seed: UInt64, rootSum: UInt64) {
        self.ends = ends
        self.rowCount = rowCount
        self.groupCount = groupCount
        self.seed = seed
        self.rootSum = rootSum
    }

    /// The pages from the first byte of the file, or of a section of its own, to the range's end.
    static func pageCount(of range: Range<Int>) -> Int {
        (range.upperBound + TableFormat.pageSize - 1) / TableFormat.pageSize
    }
}

/// The reason for which a footer cannot be used.
enum FooterError: Error {
    case damaged(String)
    case version(UInt32)
}

extension TableFooter {
    /// The hash of a whole footer, which covers every byte of its table.
    static func digest(_ footer: Span<UInt8>) -> String { Checksum.text(Checksum.hash(footer)) }
}
