import Nostos

/// Reads the encoded values of one column of a query as the type that the job states.
struct ValueReader {
    /// The tags of values that stay as they are.
    let passing: TagSet
    private let type: ValueType
    private let separator: [UInt8]
    private let nulls: [[UInt8]]

    /// A reader for a column; nil where the source's own type is the stated one.
    init?(_ contract: ColumnContract, _ column: SourceColumn) {
        let nulls = (contract.nulls ?? []).map { Array($0.utf8) }
        separator = Array((contract.separator ?? "").utf8)
        self.nulls = nulls
        guard let stated = contract.type ?? (separator.isEmpty ? nil : .string) else {
            guard !nulls.isEmpty else { return nil }
            type = .any
            passing = TagSet.scalars.union([.null, .list]).subtracting(TagSet(of: .string))
            return
        }
        type = stated
        let reads = !separator.isEmpty || !nulls.isEmpty
        if !reads, let declared = column.type, column.isExact {
            guard declared != stated, declared != .int64 || stated != .number else { return nil }
        }
        // A list may hold elements of another type, a text a NULL or a list.
        var passing = TagSet(of: stated).union(.null)
        if reads { passing.subtract(TagSet(of: .string)) }
        self.passing = passing
    }

    /// The column with the stated type.
    func column(_ column: SourceColumn) -> SourceColumn {
        SourceColumn(
            name: column.name, type: type == .any ? column.type : type,
            isList: column.isList || !separator.isEmpty)
    }

    /// Appends a value, read where it can be, and as it is otherwise.
    func append(_ value: Span<UInt8>, to output: inout [UInt8]) {
        let start = output.count
        do throws(Misfit) {
            guard try read(value, to: &output) else {
                output.removeSubrange(start...)
                return output.append(value)
            }
        } catch {
            output.removeSubrange(start...)
            output.append(value)
        }
    }

    /// Appends what the value is read as; false where it stays as it is.
    private func read(_ value: Span<UInt8>, to output: inout [UInt8]) throws(Misfit) -> Bool {
        var end = 0
        guard !passing.contains(tag: value[0]), let view = EncodedValueView(in: value, at: &end)
        else { return false }
        let payload = value.extracting(view.payload)
        switch view.tag {
        case .list: return readElements(payload, to: &output)
        case .string: return try read(text: payload, to: &output)
        case .int64 where type == .bool:
            let integer = view.int64(in: value)
            guard integer == 0 || integer == 1 else { return false }
            EncodedValue.append(bool: integer == 1, to: &output)
            return true
        case .int64, .decimal, .number: return try read(number: value, to: &output)
        case .true, .false:
            guard type == .json else { return false }
            return try readJSONText(of: value, to: &output)
        default: return false
        }
    }

    private func read(text: Span<UInt8>, to output: inout [UInt8]) throws(Misfit) -> Bool {
        if nulls.contains(where: { $0.span.elementsEqual(text) }) {
            EncodedValue.appendNull(to: &output)
            return true
        }
        guard !separator.isEmpty else {
            guard type != .any else { return false }
            try TextValue.append(text, type, .stated, to: &output)
            return true
        }
        var list: [UInt8] = []
        try SplitText.append(text, type, separator: separator, nulls: nulls, to: &list)
        do throws(ValueError) {
            try EncodedValue.append(list: list.span, to: &output)
        } catch {
            throw .value(error)
        }
        return true
    }

    /// A number is a count since 1970 for a timestamp, and JSON as it is.
    private func read(number: Span<UInt8>, to output: inout [UInt8]) throws(Misfit) -> Bool {
        guard separator.isEmpty else { return false }
        switch type {
        case .json: return try readJSONText(of: number, to: &output)
        case .timestamp:
            var (text, position): ([UInt8], Int) = ([], 0)
            EncodedValue.appendJSON(in: number, at: &position, to: &text)
            guard let time = EpochText.parse(text.span) else { return false }
            do throws(ValueError) {
                try EncodedValue.append(timestamp: time, to: &output)
            } catch {
                throw .value(error)
            }
            return true
        default: return false
        }
    }

    private func readJSONText(
        of value: Span<UInt8>, to output: inout [UInt8]
    ) throws(Misfit) -> Bool {
        var (text, position): ([UInt8], Int) = ([], 0)
        EncodedValue.appendJSON(in: value, at: &position, to: &text)
        do throws(ValueError) {
            try EncodedValue.append(json: text.span, to: &output)
        } catch {
            throw .value(error)
        }
        return true
    }

    /// Appends a list with each of its elements read.
    private func readElements(_ elements: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        guard type != .any else { return false }
        let reader = ValueReader(elementsOf: self)
        var list: [UInt8] = []
        var position = 0
        while position < elements.count {
            let start = position
            guard EncodedValue.skip(in: elements, at: &position) else { return false }
            reader.append(elements.extracting(start..<position), to: &list)
        }
        do throws(ValueError) {
            try EncodedValue.append(list: list.span, to: &output)
            return true
        } catch {
            return false
        }
    }

    private init(elementsOf list: ValueReader) {
        (type, separator, nulls) = (list.type, [], list.nulls)
        passing = TagSet(of: type).union(.null)
    }
}
