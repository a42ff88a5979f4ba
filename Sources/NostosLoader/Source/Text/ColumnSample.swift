import Nostos

/// The values of one column in the first rows, counted by their kinds.
struct ColumnSample {
    /// The kinds that decide a column's type.
    enum Kind: Int, CaseIterable {
        case number, bool, time, missing, text, list, json
    }

    /// The values of one kind.
    struct Group {
        var count = 0
        /// The first one, as a message shows it, and its line.
        var example = ""
        var line = 0
        /// The bytes of the first one; empty once another one differs.
        fileprivate var bytes: [UInt8] = []
        /// Whether all are the same text.
        fileprivate(set) var isUniform = true
    }

    private var groups = [Group](repeating: Group(), count: Kind.allCases.count)
    /// Whether all numbers are integers as JSON writes them, that fit.
    private var hasIntegersOnly = true
    /// The first value that is no number.
    private(set) var firstFraction = Group()
    /// The type of the elements of all arrays of single values.
    private var elementType = ValueType.none
    /// The number of texts in brackets.
    private var bracketCount = 0

    subscript(kind: Kind) -> Group { groups[kind.rawValue] }

    /// Counts one value, which stands on that line and does not mean NULL.
    mutating func observe(_ value: RawValue, in bytes: Span<UInt8>, line: Int) {
        guard value.kind != .null else { return }
        let raw = bytes.extracting(value.start..<value.end)
        let kind = classify(value, raw)
        if kind == .number, let token = NumberToken(raw), token.int64 == nil {
            hasIntegersOnly = false
            if firstFraction.count == 0 {
                firstFraction = Group(count: 1, example: value.shown(in: bytes), line: line)
            }
        }
        groups[kind.rawValue].observe(value, raw, in: bytes, line: line)
    }

    private mutating func classify(_ value: RawValue, _ raw: Span<UInt8>) -> Kind {
        switch value.kind {
        case .field:
            if NumberToken(raw) != nil { return .number }
            if BoolText.word(raw) != nil { return .bool }
            if TimestampText.parse(raw) != nil { return .time }
            if NullText.contains(raw) { return .missing }
            let isBracketed =
                raw.count >= 2 && raw[0] == UInt8(ascii: "[")
                && raw[raw.count - 1] == UInt8(ascii: "]")
            if isBracketed { bracketCount += 1 }
            return .text
        case .number: return .number
        case .true, .false: return .bool
        case .array:
            guard let type = Self.elementType(raw) else { return .json }
            elementType = elementType.joined(with: type)
            return .list
        case .object: return .json
        case .string, .null: return .text
        }
    }

    /// The type of the elements of an array of single values; nil for another array.
    private static func elementType(_ array: Span<UInt8>) -> ValueType? {
        var elements = JSONArrayScanner(array)
        var type = ValueType.none
        do throws(JSONScanner.Stop) {
            while let element = try elements.next() {
                guard element.kind != .array, element.kind != .object else { return nil }
                type = type.joined(with: Self.type(of: element, in: elements.bytes))
            }
        } catch {
            return nil
        }
        return type
    }

    private static func type(of value: RawValue, in bytes: Span<UInt8>) -> ValueType {
        switch value.kind {
        case .true, .false: .bool
        case .number:
            NumberToken(bytes.extracting(value.start..<value.end))?.int64 == nil ? .number : .int64
        case .null: .none
        default: .string
        }
    }
}

extension ColumnSample.Group {
    fileprivate mutating func observe(
        _ value: RawValue, _ raw: Span<UInt8>, in text: Span<UInt8>, line: Int
    ) {
        count += 1
        if count == 1 {
            (example, self.line) = (value.shown(in: text), line)
            bytes.append(raw)
        } else if isUniform, !bytes.span.elementsEqual(raw) {
            (isUniform, bytes) = (false, [])
        }
    }
}

// The type that the values have.
extension ColumnSample {
    /// The kinds that occur among the values.
    var kinds: Set<Kind> { Set(Kind.allCases.filter { self[$0].count > 0 }) }

    /// The number of values.
    var count: Int { groups.reduce(0) { $0 + $1.count } }

    /// Whether every value is a text in brackets.
    var isBracketed: Bool { bracketCount > 0 && bracketCount == count }

    private var numberType: ValueType { hasIntegersOnly ? .int64 : .number }

    /// The shape of the column, unless the job states its type.
    func shape(_ name: String, _ contract: TextContract, isText: Bool) -> TextColumn.Shape {
        if contract.column(name)?.separator != nil {
            return .split(contract.type(of: name) ?? .string)
        }
        if let stated = contract.type(of: name) {
            let isList = kinds.contains(.list) && kinds.isSubset(of: [.list, .json])
            return isList && stated != .json && !kinds.contains(.json)
                ? .list(stated) : .scalar(stated)
        }
        if contract.isKey(name) { return isText ? fieldKeyShape : jsonKeyShape }
        return isText ? fieldShape : jsonShape
    }

    /// Columns of plain text: one kind decides, and texts for missing values do not count.
    private var fieldShape: TextColumn.Shape {
        switch kinds.subtracting([.missing]) {
        case [.number]: .scalar(numberType)
        case [.bool]: .scalar(.bool)
        case []: kinds.isEmpty ? .open : .scalar(.string)
        default: .scalar(.string)
        }
    }

    /// Keys of plain text are integers where all of them are written as JSON writes integers.
    private var fieldKeyShape: TextColumn.Shape {
        switch kinds.subtracting([.missing]) {
        case [.number]: .scalar(hasIntegersOnly ? .int64 : .string)
        case []: kinds.isEmpty ? .open : .scalar(.string)
        default: .scalar(.string)
        }
    }

    private var jsonShape: TextColumn.Shape {
        switch kinds {
        case [.list]: .list(elementType == .none ? .any : elementType)
        case [.json], [.json, .list]: .scalar(.json)
        case [.number]: .scalar(numberType)
        case [.bool]: .scalar(.bool)
        case [.text]: .scalar(.string)
        default: .free
        }
    }

    /// Keys of JSON: the first value decides between text and integers.
    private var jsonKeyShape: TextColumn.Shape {
        let first = kinds.min { self[$0].line < self[$1].line }
        switch first {
        case nil: return .open
        case .number: return .scalar(.int64)
        case .bool: return .scalar(.bool)
        case .list, .json: return .scalar(.json)
        default: return .scalar(.string)
        }
    }
}
