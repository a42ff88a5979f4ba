import Nostos

/// Why a value is none of its column.
enum Misfit: Error, Equatable {
    /// It is of another type.
    case type
    /// It is of that type and cannot be stored.
    case value(ValueError)
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
        switch column.shape {
        case .free: try appendFree(value, in: bytes, to: &output)
        case .scalar(.json) where value.kind != .field:
            try appendJSON(value, in: bytes, to: &output)
        case .scalar(let type):
            try append(value, type, isStated: column.isStated, in: bytes, to: &output)
        case .list(let type):
            guard value.kind == .array else { throw .type }
            elements.removeAll(keepingCapacity: true)
            try collect(value, type, isStated: column.isStated, in: bytes)
            do throws(ValueError) {
                try EncodedValue.append(list: elements.span, to: &output)
            } catch {
                throw .value(error)
            }
        }
    }

    /// Puts the elements of an array into `elements`, encoded.
    private mutating func collect(
        _ array: RawValue, _ type: ValueType, isStated: Bool, in bytes: Span<UInt8>
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
            default:
                if type == .any {
                    try appendFree(element, in: text, to: &collected)
                } else {
                    try append(element, type, isStated: isStated, in: text, to: &collected)
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
        _ value: RawValue, in bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(Misfit) {
        switch value.kind {
        case .array, .object: try appendJSON(value, in: bytes, to: &output)
        case .number: try append(value, .number, isStated: false, in: bytes, to: &output)
        case .true, .false: try append(value, .bool, isStated: false, in: bytes, to: &output)
        default: try append(value, .string, isStated: false, in: bytes, to: &output)
        }
    }

    /// Appends a JSON value as the text that it is.
    private func appendJSON(
        _ value: RawValue, in bytes: Span<UInt8>, to output: inout [UInt8]
    ) throws(Misfit) {
        // A string's quotes are not among its bytes.
        let margin = value.kind == .string ? 1 : 0
        do throws(ValueError) {
            try EncodedValue.append(
                json: bytes.extracting(value.start - margin..<value.end + margin), to: &output)
        } catch {
            throw .value(error)
        }
    }

    /// Appends a single value of that type.
    ///
    /// By the first rows' example a JSON value must be of the type itself. Where the job states the
    /// type, its text counts, as in CSV: the number 12 is the string "12", and the other way round.
    private mutating func append(
        _ value: RawValue, _ type: ValueType, isStated: Bool, in bytes: Span<UInt8>,
        to output: inout [UInt8]
    ) throws(Misfit) {
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
            return try TextValue.append(raw, type, isStated: isStated, to: &output)
        }
        unescaped.removeAll(keepingCapacity: true)
        if value.kind == .field {
            Self.unquote(raw, to: &unescaped)
        } else {
            do throws(ValueError) {
                try JSONString.unescape(raw, to: &unescaped)
            } catch {
                throw .value(error)
            }
        }
        try TextValue.append(unescaped.span, type, isStated: isStated, to: &output)
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
