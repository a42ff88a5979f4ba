import Nostos

/// A range of keys: those with a prefix, from one key on, and before another.
struct KeyStretch {
    /// The key at which reading starts.
    var start: [UInt8] = []
    var prefix: [UInt8] = []
    /// The key at which the range ends, which is not in it.
    var end: [UInt8]?

    /// Whether a key after `start` is in the range; if not, no later key is.
    func contains(_ key: [UInt8]) -> Bool {
        if let end, !key.span.precedes(end.span) { return false }
        return prefix.isEmpty || key.starts(with: prefix)
    }
}

/// A stream of one version's rows in key order, built as the client reads them.
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

    /// The encoder of the lines, if the client accepts its coding.
    private var encoder: ContentEncoder?
    /// Whether lines are sent in chunks; otherwise they end with the connection.
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

    /// Whether building one chunk takes a whole turn.
    var isCostly: Bool { encoder != nil }

    /// The bytes that it holds besides the version.
    var heldSize: Int { encoder?.heldSize ?? 0 }

    /// Moves to the next row of the range; false if there is none.
    func next() throws(TableError) -> Bool {
        guard try cursor.next() else { return false }
        return stretch.contains(cursor.key)
    }

    /// The encoded key of the current row.
    var key: [UInt8] { cursor.key }

    /// Appends the current row: `{"key":1,"values":{…}}`.
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

    /// Appends the next lines, as a chunk (RFC 9112 §7.1) if the client knows chunks; the empty
    /// chunk follows the last one.
    ///
    /// - Returns: whether more lines follow. After an error nothing more may be sent: the missing
    ///   last chunk shows the client that lines are missing.
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

    /// Appends lines, encoded if the client accepts that; false if they were the last.
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
