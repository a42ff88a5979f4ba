/// Text and the parser that takes rows out of it.
struct TextReader<Parser: TextParser> {
    var buffer: InputBuffer
    var parser: Parser
    let source: String

    init(_ input: any ByteInput, _ parser: Parser, source: String) {
        buffer = InputBuffer(input)
        (self.parser, self.source) = (parser, source)
    }

    /// Reads the next row, of that number from 1, nil for a header; false at the end.
    mutating func step(row: Int?) throws(SourceError) -> Bool {
        while true {
            let step: RowStep
            do throws(RowError) {
                step = try Self.step(&parser, &buffer)
            } catch {
                throw .badInput(source: source, line: error.line, row: row, reason: error.reason)
            }
            switch step {
            case .row: return true
            case .end: return false
            case .needsMore: try refill(row: row)
            }
        }
    }

    private static func step(
        _ parser: inout Parser, _ buffer: inout InputBuffer
    ) throws(RowError) -> RowStep {
        var position = buffer.position
        let step = try parser.next(
            in: buffer.bytes.span, at: &position, isLast: buffer.isAtEnd)
        buffer.position = position
        return step
    }

    /// Reads on.
    mutating func refill(row: Int?) throws(SourceError) {
        guard buffer.unreadCount < RowLimits.maxSize else {
            throw .badInput(
                source: source, line: parser.line, row: row,
                reason: "found a row above \(RowLimits.maxSize >> 20) MiB, expected a shorter one")
        }
        do throws(ByteInputError) {
            try buffer.refill()
        } catch {
            switch error {
            case .damaged(let offset, let reason):
                throw .badInput(
                    source: source, line: nil, row: row,
                    reason: "damaged at offset \(offset) of the file: \(reason)")
            case .brokeOff(let reason):
                throw .interrupted(source: source, rows: (row ?? 1) - 1, reason: reason)
            case .failed(let reason):
                let rows = (row ?? 1) - 1
                // One that worked until now may work again; one that never did is wrong itself.
                throw rows > 0
                    ? .interrupted(source: source, rows: rows, reason: reason)
                    : .badInput(source: source, line: nil, row: nil, reason: reason)
            }
        }
    }
}
