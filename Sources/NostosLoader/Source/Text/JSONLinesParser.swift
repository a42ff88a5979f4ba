import Nostos

/// Reads JSON lines: one object per line, each ended by LF or CRLF.
///
/// Lines of white space alone are passed over. A member that is not there is NULL; one that no
/// column is named for, or that comes twice, is an error.
struct JSONLinesParser: RowParser {
    /// The names of the columns, in the order in which they first came.
    private(set) var columns = JSONColumns()
    private(set) var values: [RawValue] = []
    var line = 1
    private(set) var lastLine = 1
    /// Whether a member that no column is named for adds one: while the sample is read.
    private var learnsColumns = true

    mutating func next(
        in bytes: Span<UInt8>, at position: inout Int, isLast: Bool
    ) throws(RowError) -> RowStep {
        var scanner = JSONScanner(bytes, at: position, isLast: isLast)
        var lineStart = position
        var lineNumber = line
        do throws(JSONScanner.Stop) {
            while true {
                try scanner.skipSpace()
                guard scanner.position < bytes.count else { return isLast ? .end : .needsMore }
                guard bytes[scanner.position] == 0x0A else { break }
                scanner.position += 1
                lineStart = scanner.position
                lineNumber += 1
            }
            try object(&scanner)
            try scanner.skipSpace()
            guard try scanner.peek() == 0x0A else {
                throw scanner.wrong("the end of the line: one object per line")
            }
        } catch {
            return try stopped(by: error, at: lineStart, line: lineNumber)
        }
        // At the end of the text there may be no line end.
        position = min(scanner.position + 1, bytes.count)
        lastLine = lineNumber
        line = lineNumber + 1
        return .row
    }

    /// The meaning of the end of a scan; `start` is the offset at which the line begins.
    private func stopped(
        by stop: JSONScanner.Stop, at start: Int, line: Int
    ) throws(RowError) -> RowStep {
        switch stop {
        case .needsMore: return .needsMore
        case .wrong(let offset, let expected):
            throw RowError(
                line: line,
                reason: "bad JSON at offset \(offset - start) of the line: expected \(expected)")
        case .refused(let reason): throw RowError(line: line, reason: reason)
        }
    }

    /// Reads one object, each member to its column's place.
    private mutating func object(_ scanner: inout JSONScanner) throws(JSONScanner.Stop) {
        try scanner.pass(UInt8(ascii: "{"), "an object: {…}")
        for index in values.indices { values[index] = .null }
        columns.beginRow()
        try scanner.skipSpace()
        if try scanner.peek() == UInt8(ascii: "}") {
            scanner.position += 1
            return
        }
        while true {
            guard try scanner.peek() == UInt8(ascii: "\"") else {
                throw scanner.wrong("a member's name in quotes")
            }
            let column = try column(of: scanner.string(), in: scanner)
            try scanner.skipSpace()
            try scanner.pass(UInt8(ascii: ":"), "':'")
            try scanner.skipSpace()
            let value = try scanner.value()
            if let column {
                if column == values.count { values.append(.null) }
                values[column] = value
            }
            try scanner.skipSpace()
            let byte = try scanner.peek()
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else {
                throw scanner.wrong("',' or '}'")
            }
            scanner.position += 1
            if byte == UInt8(ascii: "}") { return }
            try scanner.skipSpace()
        }
    }

    /// The column of that name, which may be new; nil for a member that is left out.
    private mutating func column(
        of name: RawValue, in scanner: borrowing JSONScanner
    ) throws(JSONScanner.Stop) -> Int? {
        let bytes = scanner.bytes.extracting(name.start..<name.end)
        guard name.hasEscapes else { return try columns.place(of: bytes, learns: learnsColumns) }
        var unescaped: [UInt8] = []
        do throws(ValueError) {
            try JSONString.unescape(bytes, to: &unescaped)
        } catch {
            throw .refused(error.sentence)
        }
        return try columns.place(of: unescaped.span, learns: learnsColumns)
    }
}

extension JSONLinesParser: TextParser {
    static var isPlainText: Bool { false }

    var columnNames: [String] { columns.names }

    mutating func takeHeader(in bytes: Span<UInt8>, _ contract: TextContract) {}

    mutating func beginSample(_ contract: TextContract) {
        guard !contract.options.only.isEmpty else { return }
        columns.takeOnly(Set(contract.statedNames))
    }

    mutating func fixColumns(_ contract: TextContract, isEmpty: Bool) {
        for name in contract.statedNames where isEmpty || !contract.isKey(name) {
            columns.add(name)
        }
        values = Array(repeating: .null, count: columns.names.count)
        learnsColumns = false
    }
}
