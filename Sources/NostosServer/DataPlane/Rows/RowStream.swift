import Nostos

/// A stretch of keys in their order: those with a prefix, from one key on, before another.
struct KeyStretch {
    /// No key before it is looked at.
    var start: [UInt8] = []
    var prefix: [UInt8] = []
    /// The first key that is none of them any more.
    var end: [UInt8]?

    /// Whether a key behind `start` is one of them; if not, then none behind it is.
    func contains(_ key: [UInt8]) -> Bool {
        if let end, !key.span.precedes(end.span) { return false }
        return prefix.isEmpty || key.starts(with: prefix)
    }
}

/// The rows of one version in key order, made one after the other as the client takes them.
///
/// Holds its version open until it is dropped.
final class RowStream {
    /// The least size of a chunk, in bytes, if there are as many rows; less where they are encoded,
    /// which takes longer than sending them.
    private static let chunkSize = 32 << 10
    private static let codedChunkSize = 8 << 10
    private static let sizeDigits = 8

    private let version: ServedVersion
    private let choice: FieldChoice
    private let stretch: KeyStretch
    private let quotesIntegers: Bool
    private var cursor: TableCursor
    private var rowsLeft: Int
    private var scratch: [UInt8] = []

    /// Encodes the lines, where the client takes that.
    private var encoder: ContentEncoder?
    /// Whether lines come in chunks, or end with the connection.
    var isChunked = true

    /// The number of rows appended.
    private(set) var rowCount = 0

    /// The rows of a stretch, at most `limit`.
    init(
        _ version: ServedVersion, _ choice: FieldChoice, _ stretch: KeyStretch, limit: Int,
        quotesIntegers: Bool
    ) throws(TableError) {
        (self.version, self.choice, self.stretch) = (version, choice, stretch)
        (self.quotesIntegers, rowsLeft) = (quotesIntegers, limit)
        cursor = version.table.makeCursor()
        let isBefore = stretch.start.span.precedes(stretch.prefix.span)
        let start = isBefore ? stretch.prefix : stretch.start
        try cursor.seek(to: start.span)
    }

    /// Sends the lines in that coding.
    func encode(_ coding: ContentCoding?) { encoder = coding.map { ContentEncoder($0) } }

    /// Whether one chunk takes as long as a turn may.
    var isCostly: Bool { encoder != nil }

    /// The bytes that it holds besides the version.
    var heldSize: Int { encoder?.heldSize ?? 0 }

    /// Moves to the next row of the stretch; false when there is none.
    func next() throws(TableError) -> Bool {
        guard try cursor.next() else { return false }
        return stretch.contains(cursor.key)
    }

    /// The encoded key of the row at which the stream stands.
    var key: [UInt8] { cursor.key }

    /// Appends the row at which the stream stands: `{"key":1,"values":{…}}`.
    func appendRow(to output: inout [UInt8]) throws(TableError) {
        rowCount += 1
        output.append(ascii: "{\"key\":")
        let key = cursor.key
        guard
            KeyText.append(
                key.span, schema: version.table.info.schema.key, quotesIntegers: quotesIntegers,
                to: &output)
        else {
            throw .corrupt(
                file: version.table.file, part: .groups, offset: 0,
                detail: "a key that is none of the schema")
        }
        output.append(ascii: ",\"values\":")
        if quotesIntegers {
            scratch.removeAll(keepingCapacity: true)
            try cursor.appendJSON(choice.selection, into: &scratch)
            let scratch = scratch
            IntegerQuoting.append(scratch.span, marks: choice.holdsIntegers, to: &output)
        } else {
            try cursor.appendJSON(choice.selection, into: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Appends the next lines, as a chunk (RFC 9112 §7.1) where the client knows chunks; behind the
    /// last comes the empty chunk.
    ///
    /// - Returns: whether there is more. After an error nothing more may be sent: a client sees
    ///   from the missing last chunk that it has not got everything.
    func appendChunk(to output: inout [UInt8]) throws(TableError) -> Bool {
        guard isChunked else { return try appendLines(to: &output) }
        let start = output.count
        for _ in 0..<Self.sizeDigits { output.append(UInt8(ascii: "0")) }
        output.append(ascii: "\r\n")
        let content = output.count
        let hasMore = try appendLines(to: &output)
        var size = output.count - content
        if size == 0 {
            output.removeLast(output.count - start)
        } else {
            for place in (start..<start + Self.sizeDigits).reversed() {
                let digit = UInt8(size & 15)
                output[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
                size >>= 4
            }
            output.append(ascii: "\r\n")
        }
        if !hasMore { output.append(ascii: "0\r\n\r\n") }
        return hasMore
    }

    /// Appends lines, encoded where the client takes that; false when they were the last.
    private func appendLines(to output: inout [UInt8]) throws(TableError) -> Bool {
        guard let encoder else { return try appendLines(upTo: Self.chunkSize, to: &output) }
        var lines: [UInt8] = []
        let hasMore = try appendLines(upTo: Self.codedChunkSize, to: &lines)
        encoder.append(lines.span, isLast: !hasMore, to: &output)
        return hasMore
    }

    private func appendLines(upTo size: Int, to output: inout [UInt8]) throws(TableError) -> Bool {
        let start = output.count
        while output.count - start < size {
            guard rowsLeft > 0, try next() else { return false }
            rowsLeft -= 1
            try appendRow(to: &output)
            output.append(UInt8(ascii: "\n"))
        }
        return true
    }
}
