import Nostos

/// The reason for which a value does not fit its column.
enum Misfit: Error, Equatable {
    /// It is of another type.
    case type
    /// It is of that type and cannot be stored.
    case value(ValueError)
    /// The column has no type yet: this value decides.
    case open
}

/// Turns the values of a row of text into encoded ones; keeps memory from row to row.
struct TextEncoder {
    private var unescaped: [UInt8] = []
    private var elements: [UInt8] = []

    /// Appends a value; `bytes` is the text in which it lies.
    mutating func append(
        _ value: RawValue, of column: TextColumn, in bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(Misfit) {
        if value.kind == .null { return EncodedValue.appendNull(to: &output) }
        if column.hasNulls, try isNull(value, of: column, in: bytes) {
            return EncodedValue.appendNull(to: &output)
        }
        switch column.shape {
        case .scalar(.json) where value.kind != .field:
            try appendJSON(value, in: bytes, to: &output)
        case .scalar(let type):
            try append(value, type, of: column, in: bytes, to: &output)
        case .list(let type):
            guard value.kind == .array else { throw .type }
            try appendList(of: value, type, column, in: bytes, to: &output)
        case .split(let type):
            if value.kind == .array {
                try appendList(of: value, type, column, in: bytes, to: &output)
            } else {
                try appendSplit(value, type, column, in: bytes, to: &output)
            }
        case .free: try appendFree(value, of: column, in: bytes, to: &output)
        case .open: throw .open
        }
    }

    private mutating func appendList(
        of value: RawValue, _ type: ValueType, _ column: TextColumn, in bytes: Span<UInt8>,
        to output: inout [UInt8]
    ) throws(Misfit) {
        elements.removeAll(keepingCapacity: true)
        try collect(value, type, of: column, in: bytes)
        try storing { () throws(ValueError) in
            try EncodedValue.append(list: elements.span, to: &output)
        }
    }

    /// Puts the elements of an array into `elements`, encoded.
    private mutating func collect(
        _ array: RawValue, _ type: ValueType, of column: TextColumn, in bytes: Span<UInt8>
    ) throws(Misfit) {
        // The memory is this call's while it grows.
        var collected: [UInt8] = []
        swap(&collected, &elements)
        defer { swap(&collected, &elements) }
        let text = bytes.extracting(array.start..<array.end)
        var rest = JSONArrayScanner(text)
        while let element = try next(&rest) {
            switch element.kind {
            case .null: EncodedValue.appendNull(to: &collected)
            case .array, .object: throw .type
            case _ where try isNull(element, of: column, in: text):
                EncodedValue.appendNull(to: &collected)
            default:
                if type == .any {
                    try appendFree(element, of: column, in: text, to: &collected)
                } else {
                    try append(element, type, of: column, in: text, to: &collected)
                }
            }
        }
    }

    private func next(_ elements: inout JSONArrayScanner) throws(Misfit) -> RawValue? {
        do throws(JSONScanner.Stop) {
            return try elements.next()
        } catch .wrong(let offset, let expected) {
            throw .value(.invalidJSON(offset: offset, expected: "\(expected)"))
        } catch {
            throw .type
        }
    }

    /// Appends a JSON value as what it is.
    private mutating func appendFree(
        _ value: RawValue, of column: TextColumn, in bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(Misfit) {
        switch value.kind {
        case .array, .object: try appendJSON(value, in: bytes, to: &output)
        case .number: try append(value, .number, of: column, in: bytes, to: &output)
        case .true, .false: try append(value, .bool, of: column, in: bytes, to: &output)
        default: try append(value, .string, of: column, in: bytes, to: &output)
        }
    }

    /// Appends a JSON value as the text that it is.
    private func appendJSON(
        _ value: RawValue, in bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(Misfit) {
        // A string's quotes are not among its bytes.
        let margin = value.kind == .string ? 1 : 0
        try storing { () throws(ValueError) in
            try EncodedValue.append(
                json: bytes.extracting(value.start - margin..<value.end + margin), to: &output)
        }
    }

    /// Appends a single value of that type.
    ///
    /// By the first rows' example a JSON value must be of the type itself. Where the job states the
    /// type, its text counts, as in CSV: the number 12 is the string "12", and the other way round.
    private mutating func append(
        _ value: RawValue, _ type: ValueType, of column: TextColumn, in bytes: Span<UInt8>,
        to output: inout [UInt8]
    ) throws(Misfit) {
        let isStated = column.isStated || column.reading == .stated
        let fits =
            switch value.kind {
            case .field: true
            case .string: isStated || type == .string
            case .number: isStated || type == .int64 || type == .number
            case .true, .false: isStated || type == .bool
            default: false
            }
        guard fits else { throw .type }
        let raw = bytes.extracting(value.start..<value.end)
        guard value.hasEscapes else {
            return try TextValue.append(raw, type, column.reading, to: &output)
        }
        try unescape(value, raw)
        try TextValue.append(unescaped.span, type, column.reading, to: &output)
    }

    private func storing(_ body: () throws(ValueError) -> Void) throws(Misfit) {
        do throws(ValueError) { try body() } catch { throw .value(error) }
    }
}

// Texts that mean NULL, and texts that hold lists.
extension TextEncoder {
    /// Whether a single value is one of the column's texts that mean NULL.
    private mutating func isNull(
        _ value: RawValue, of column: TextColumn, in bytes: Span<UInt8>
    ) throws(Misfit) -> Bool {
        guard column.hasNulls, value.kind != .array, value.kind != .object else {
            return false
        }
        let raw = bytes.extracting(value.start..<value.end)
        guard value.hasEscapes else { return column.isNull(raw) }
        try unescape(value, raw)
        return column.isNull(unescaped.span)
    }

    /// Appends the parts of a text between the separators; a text of nothing is an empty list.
    private mutating func appendSplit(
        _ value: RawValue, _ type: ValueType, _ column: TextColumn, in bytes: Span<UInt8>,
        to output: inout [UInt8]
    ) throws(Misfit) {
        guard value.kind != .object else { throw .type }
        unescaped.removeAll(keepingCapacity: true)
        let raw = bytes.extracting(value.start..<value.end)
        if value.hasEscapes { try unescape(value, raw) } else { unescaped.append(raw) }
        let text = unescaped
        var list: [UInt8] = []
        try SplitText.append(
            text.span, type, separator: column.separator, nulls: column.nulls, to: &list)
        try storing { () throws(ValueError) in
            try EncodedValue.append(list: list.span, to: &output)
        }
    }

    /// Puts what the value's text means into `unescaped`.
    private mutating func unescape(_ value: RawValue, _ raw: Span<UInt8>) throws(Misfit) {
        unescaped.removeAll(keepingCapacity: true)
        guard value.kind != .field else { return Self.unquote(raw, to: &unescaped) }
        do throws(ValueError) {
            try JSONString.unescape(raw, to: &unescaped)
        } catch {
            throw .value(error)
        }
    }

    /// Appends a quoted field's bytes with one quote for each two.
    private static func unquote(_ raw: Span<UInt8>, to output: inout [UInt8]) {
        var start = 0
        var index = 0
        while index < raw.count {
            if raw[index] == UInt8(ascii: "\"") {
                output.append(raw.extracting(start...index))
                index += 1
                start = index + 1
            }
            index += 1
        }
        output.append(raw.extracting(start...))
    }
}

extension TextColumn {
    /// Whether a text is one of those that mean NULL.
    func isNull(_ text: Span<UInt8>) -> Bool {
        for null in nulls where null.span.elementsEqual(text) { return true }
        return false
    }
}
