import Nostos

/// What the values of one column look like in the first rows.
struct ColumnSample {
    private var type = ValueType.none
    private var hasList = false
    private var hasJSON = false
    private var hasScalar = false
    private var hasField = false

    /// Takes note of one value.
    mutating func observe(_ value: RawValue, in bytes: Span<UInt8>) {
        switch value.kind {
        case .null: break
        case .field:
            hasField = true
            // Once it is text it stays text.
            guard type != .string else { return }
            let found = Self.type(ofField: bytes.extracting(value.start..<value.end))
            let joined = type.joined(with: found)
            type = joined == .any ? .string : joined
        case .array:
            if let elements = Self.elementType(value, in: bytes) {
                hasList = true
                type = type.joined(with: elements)
            } else {
                hasJSON = true
            }
        case .object: hasJSON = true
        default:
            hasScalar = true
            type = type.joined(with: Self.type(of: value, in: bytes))
        }
    }

    /// The column that was seen, unless the job states its type.
    func column(_ name: String, _ contract: TextContract, isText: Bool) -> TextColumn {
        let stated = contract.type(of: name)
        let isKey = contract.keys.contains(name)
        let shape: TextColumn.Shape
        if let stated {
            shape = hasList && !hasScalar && stated != .json ? .list(stated) : .scalar(stated)
        } else if isText {
            shape = .scalar(type == .none ? .string : type)
        } else {
            shape = seenShape
        }
        return TextColumn(name: name, shape: shape, isStated: stated != nil, isKey: isKey)
    }

    private var seenShape: TextColumn.Shape {
        switch (hasList, hasJSON, hasScalar) {
        case (true, false, false): .list(type == .none ? .any : type)
        case (_, true, false): .scalar(.json)
        case (false, false, true): type == .any ? .free : .scalar(type)
        default: .free
        }
    }

    /// What a CSV field is, by itself.
    private static func type(ofField text: Span<UInt8>) -> ValueType {
        if let number = NumberToken(text) { return number.int64 == nil ? .number : .int64 }
        return BoolText.strict(text) == nil ? .string : .bool
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

    /// What the elements of an array of scalars are; nil for another array, and for what is none.
    private static func elementType(_ array: RawValue, in bytes: Span<UInt8>) -> ValueType? {
        var elements = JSONArrayScanner(bytes.extracting(array.start..<array.end))
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
}
