@testable import Nostos

/// Makes crafted tables whose checksums hold, so that tests get past them to what lies beneath.
public enum TableSeal {
    /// The bytes with every sum made anew; nil where the footer's sections make no sense.
    public static func resealed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > TableFooter.size else { return nil }
        let footerAt = bytes.count - TableFooter.size
        let ends = TablePart.sections.indices.map {
            Int(truncatingIfNeeded: bytes.span.littleEndian(UInt64.self, at: footerAt + 8 * $0))
        }
        guard zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }), ends[0] >= 0,
            ends[ends.count - 1] == footerAt
        else { return nil }
        let (content, pageSums) = (
            ends[TablePart.pageSums.rawValue - 1], ends[TablePart.pageSums.rawValue]
        )
        let seedAt = footerAt + TableFooter.sumOffset - 24
        let seed: UInt64 = bytes.span.littleEndian(at: seedAt)
        var sums: [UInt8] = []
        for (page, start) in stride(from: 0, to: content, by: TableFormat.pageSize).enumerated() {
            let range = start..<min(start + TableFormat.pageSize, content)
            let sum = Checksum.hash(bytes.span.extracting(range), seed: seed ^ UInt64(page))
            sums.append(littleEndian: sum)
        }
        let roots = sumsOfSums(sums, seed: seed)
        guard sums.count == pageSums - content, roots.count == footerAt - pageSums else {
            return nil
        }
        var footer = Array(bytes[footerAt..<seedAt + 8])
        footer.append(littleEndian: Checksum.hash(roots.span, seed: seed))
        footer += bytes[seedAt + 16..<seedAt + 24]
        footer.append(littleEndian: Checksum.hash(footer.span, seed: seed))
        let magic = bytes[(footerAt + footer.count)...]
        return Array(bytes[..<content]) + sums + roots + footer + magic
    }
}
