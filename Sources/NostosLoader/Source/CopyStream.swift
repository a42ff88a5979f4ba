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
    /// What the bytes at hand give.
    enum Step {
        case row, end, needsMore
    }

    private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
    private static let headerSize = signature.count + 8

    private var buffer: [UInt8] = []
    private var position = 0
    private var hasHeader = false
    private var hasTrailer = false

    /// Takes the next piece.
    mutating func append(_ bytes: Span<UInt8>) {
        if bytes.isEmpty { return }
        if position == buffer.count {
            buffer.removeAll(keepingCapacity: true)
        } else if position > 0 {
            buffer.removeSubrange(..<position)
        }
        position = 0
        buffer.append(bytes)
    }

    /// Takes the next piece and reads the next row; where the piece is just that row, as servers send
    /// them, from where it lies.
    mutating func next(
        with piece: Span<UInt8>, into row: inout Row, _ decoder: inout PostgresRowDecoder
    ) throws(PostgresRowError) -> Step {
        if hasHeader, !hasTrailer, position == buffer.count {
            var next = 0
            if try readRow(piece, at: &next, into: &row, &decoder) == .row {
                append(piece.extracting(next...))
                return .row
            }
        }
        append(piece)
        return try next(into: &row, &decoder)
    }

    /// Reads the next row through `decoder` when all of it is there.
    mutating func next(
        into row: inout Row, _ decoder: inout PostgresRowDecoder
    ) throws(PostgresRowError) -> Step {
        if hasTrailer { return .end }
        if hasHeader, position == buffer.count { return .needsMore }
        guard hasHeader else {
            guard try readHeader() else { return .needsMore }
            return try next(into: &row, &decoder)
        }
        var next = position
        let step = try readRow(buffer.span, at: &next, into: &row, &decoder)
        if step != .needsMore { position = next }
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

    private mutating func readHeader() throws(PostgresRowError) -> Bool {
        guard buffer.count >= Self.headerSize else { return false }
        guard buffer.starts(with: Self.signature) else {
            throw .malformed("not the signature of a binary COPY")
        }
        // The upper half of the flags says that the rows look different.
        guard buffer.span.bigEndian(UInt32.self, at: 11) >> 16 == 0 else {
            throw .malformed("unknown flags in the header of a binary COPY")
        }
        let end = Self.headerSize + Int(buffer.span.bigEndian(UInt32.self, at: 15))
        guard buffer.count >= end else { return false }
        position = end
        hasHeader = true
        return true
    }
}

/// Why a row of PostgreSQL cannot be handed over.
enum PostgresRowError: Error, Equatable {
    /// The value of the column at that ordinal.
    case value(column: Int, PostgresValueError)
    /// Bytes that are no rows.
    case malformed(String)
}
