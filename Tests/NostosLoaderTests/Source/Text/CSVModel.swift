/// CSV by the dullest means: one state machine over single bytes that knows the whole text.
struct CSVModel: Equatable {
    /// Fields; nil is an empty one without quotes.
    var rows: [[String?]] = []
    /// The line on which each row begins.
    var lines: [Int] = []
    /// The line of the error that ended it.
    var errorLine: Int?

    private enum State { case start, plain, quoted, closed, returned }

    init() {}

    init(_ text: [UInt8]) {
        var state = State.start
        var (row, field): ([String?], [UInt8]) = ([], [])
        var (line, rowLine, quoteLine) = (1, 1, 1)
        var (isQuoted, isEmpty, isBlank) = (false, true, false)
        func end(_ model: inout CSVModel, row isRow: Bool) {
            row.append(field.isEmpty && !isQuoted ? nil : String(decoding: field, as: UTF8.self))
            (field, isQuoted, state, isEmpty) = ([], false, .start, false)
            guard isRow else { return }
            model.rows.append(row)
            model.lines.append(rowLine)
            (row, isEmpty) = ([], true)
        }
        for byte in text {
            switch (state, byte) {
            case (.quoted, UInt8(ascii: "\"")): state = .closed
            case (.quoted, _):
                field.append(byte)
                if byte == 0x0A { line += 1 }
            case (.closed, UInt8(ascii: "\"")):
                field.append(byte)
                state = .quoted
            case (.start, UInt8(ascii: "\"")):
                (state, isQuoted, quoteLine) = (.quoted, true, line)
            case (.start, UInt8(ascii: ",")), (.plain, UInt8(ascii: ",")),
                (.closed, UInt8(ascii: ",")):
                end(&self, row: false)
            case (.start, 0x0A) where row.isEmpty, (.returned, 0x0A) where isBlank:
                // A line without a byte is no row.
                (state, isEmpty, isBlank) = (.start, true, false)
                line += 1
                rowLine = line
            case (.start, 0x0A), (.plain, 0x0A), (.closed, 0x0A), (.returned, 0x0A):
                end(&self, row: true)
                line += 1
                rowLine = line
            case (.start, 0x0D), (.plain, 0x0D), (.closed, 0x0D):
                (isBlank, state) = (state == .start && row.isEmpty, .returned)
            case (.returned, _), (.closed, _), (.plain, UInt8(ascii: "\"")):
                errorLine = line
                return
            case (.start, _), (.plain, _):
                field.append(byte)
                state = .plain
            }
            if state != .start { isEmpty = false }
        }
        switch state {
        case .quoted: errorLine = quoteLine
        case .returned: errorLine = line
        default: if !isEmpty { end(&self, row: true) }
        }
    }
}
