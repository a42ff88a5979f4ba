import Nostos

/// The rows of PostgreSQL's binary `COPY … TO STDOUT`, as its bytes come in.
///
/// The layout (PostgreSQL documentation, COPY, “Binary Format”):
///
///     header   11 bytes signature, 4 bytes flags, 4 bytes size of what follows in the header
///     row      2 bytes number of columns; per column 4 bytes size, -1 for NULL, and the value
///     trailer  2 bytes -1
///
/// Integers are big-endian. Pieces may end anywhere, though servers end them with rows.
struct CopyStream {
    /// The next step that the bytes at hand allow.
    enum Step {
        case row, end, needsMore
    }

    private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
    private static let headerSize = signature.count + 8

    /// The bytes that have come and are not yet read.
    var bytes = CopyBuffer()
    private var hasHeader = false
    private var hasTrailer = false

    /// Whether what comes next is a row, as far as is known.
    var isAmongRows: Bool { hasHeader && !hasTrailer }

    /// Takes the next piece.
    mutating func append(_ piece: Span<UInt8>) { bytes.append(piece) }

    /// Skips bytes that were read as rows by somebody else.
    mutating func skip(_ count: Int) { bytes.skip(count) }

    /// Skips all that has come.
    mutating func skipAll() { bytes.skip(bytes.count) }

    /// Reads the next row through `decoder` when all of it is there.
    mutating func next(
        into row: inout Row, _ decoder: inout PostgresRowDecoder
    ) throws(PostgresRowError) -> Step {
        if hasTrailer { return .end }
        if !hasHeader {
            guard let size = try headerSize() else { return .needsMore }
            bytes.skip(size)
            hasHeader = true
        }
        var next = 0
        let step = try readRow(bytes.span, at: &next, into: &row, &decoder)
        if step != .needsMore { bytes.skip(next) }
        hasTrailer = step == .end
        return step
    }

    @inline(__always)
    private func readRow(
        _ bytes: Span<UInt8>, at next: inout Int, into row: inout Row,
        _ decoder: inout PostgresRowDecoder
    ) throws(PostgresRowError) -> Step {
        guard bytes.count - next >= 2 else { return .needsMore }
        let columnCount = Int(bytes.bigEndian(Int16.self, at: next))
        next += 2
        if columnCount == -1 { return .end }
        guard columnCount == decoder.columns.count else {
            throw .malformed("a row of \(columnCount) columns; expected \(decoder.columns.count)")
        }
        decoder.beginRow()
        for column in 0..<columnCount {
            guard bytes.count - next >= 4 else { return .needsMore }
            let size = Int(bytes.bigEndian(Int32.self, at: next))
            next += 4
            if size < 0 {
                decoder.appendNull()
                continue
            }
            guard bytes.count - next >= size else { return .needsMore }
            try decoder.append(bytes.extracting(next..<next + size), column: column)
            next += size
        }
        try decoder.finishRow(into: &row)
        return .row
    }

    /// The size of the header, once all of it is there.
    private func headerSize() throws(PostgresRowError) -> Int? {
        guard bytes.count >= Self.headerSize else { return nil }
        let header = bytes.span
        guard header.extracting(..<Self.signature.count).elementsEqual(Self.signature.span) else {
            throw .malformed("not the signature of a binary COPY")
        }
        // The upper half of the flags marks another layout of the rows.
        guard header.bigEndian(UInt32.self, at: 11) >> 16 == 0 else {
            throw .malformed("unknown flags in the header of a binary COPY")
        }
        let size = Self.headerSize + Int(header.bigEndian(UInt32.self, at: 15))
        return bytes.count >= size ? size : nil
    }
}

/// The reason for which a row of PostgreSQL cannot be handed over.
enum PostgresRowError: Error, Equatable {
    /// The value of the column at that ordinal.
    case value(column: Int, PostgresValueError)
    /// Bytes that are no rows.
    case malformed(String)
}
