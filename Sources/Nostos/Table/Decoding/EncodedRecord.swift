/// Collects visited values as encoded values, one after another.
///
/// That is the form in which records travel to a table writer: one encoded value for each field.
/// ``removeAll()`` keeps the memory.
public struct EncodedRecord: ValueVisitor {
    /// The encoded values so far.
    public private(set) var bytes: [UInt8] = []
    private var elements: [UInt8] = []
    private var isInList = false

    /// A record of no values.
    public init() {}

    /// Forgets all values.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        elements.removeAll(keepingCapacity: true)
        isInList = false
    }

    @inline(__always)
    private mutating func append(_ encode: (inout [UInt8]) -> Void) {
        if isInList { encode(&elements) } else { encode(&bytes) }
    }

    /// Nothing is kept of it.
    public mutating func begin(field: Int) {}

    /// Appends NULL.
    public mutating func visitNull() { append { EncodedValue.appendNull(to: &$0) } }

    /// Appends a Boolean.
    public mutating func visit(bool value: Bool) {
        append { EncodedValue.append(bool: value, to: &$0) }
    }

    /// Appends an integer.
    public mutating func visit(int64 value: Int64) {
        append { EncodedValue.append(int64: value, to: &$0) }
    }

    /// Appends a number in its canonical form.
    public mutating func visit(mantissa: Int64, scale: Int) {
        append { output in
            // It never throws: a mantissa and a scale are a number.
            if (try? EncodedValue.append(unscaled: mantissa, scale: scale, to: &output)) == nil {
                EncodedValue.appendNull(to: &output)
            }
        }
    }

    /// Appends a number.
    public mutating func visit(number text: Span<UInt8>) {
        append { EncodedValue.append(tag: .number, bytes: text, to: &$0) }
    }

    /// Appends text.
    public mutating func visit(text utf8: Span<UInt8>) {
        append { EncodedValue.append(tag: .string, bytes: utf8, to: &$0) }
    }

    /// Appends a point in time.
    public mutating func visit(timestamp microseconds: Int64) {
        append { output in
            output.append(EncodedValue.Tag.timestamp.rawValue)
            output.append(littleEndian: UInt64(bitPattern: Timestamp.clamped(microseconds)))
        }
    }

    /// Appends bytes.
    public mutating func visit(bytes: Span<UInt8>) {
        append { EncodedValue.append(tag: .bytes, bytes: bytes, to: &$0) }
    }

    /// Appends embedded JSON.
    public mutating func visit(json text: Span<UInt8>) {
        append { EncodedValue.append(tag: .json, bytes: text, to: &$0) }
    }

    /// Begins a list.
    public mutating func beginList() {
        elements.removeAll(keepingCapacity: true)
        isInList = true
    }

    /// Appends the list.
    public mutating func endList() {
        isInList = false
        let elements = elements
        EncodedValue.append(tag: .list, bytes: elements.span, to: &bytes)
    }
}

extension EncodedValue {
    /// Visits the values of a record, one for each field in their order.
    ///
    /// - Returns: false where the bytes end in the middle of a value, or hold something else; those
    ///   before it were visited.
    @discardableResult
    public static func visit<Visitor: ValueVisitor>(
        record: Span<UInt8>, with visitor: inout Visitor
    ) -> Bool {
        var (position, field) = (0, 0)
        while position < record.count {
            guard let value = EncodedValueView(in: record, at: &position) else { return false }
            visitor.begin(field: field)
            field += 1
            guard value.tag == .list else {
                visit(value, in: record, with: &visitor)
                continue
            }
            visitor.beginList()
            let elements = record.extracting(value.payload)
            var inner = 0
            while inner < elements.count {
                guard let element = EncodedValueView(in: elements, at: &inner) else { return false }
                visit(element, in: elements, with: &visitor)
            }
            visitor.endList()
        }
        return true
    }

    private static func visit<Visitor: ValueVisitor>(
        _ value: EncodedValueView, in bytes: Span<UInt8>, with visitor: inout Visitor
    ) {
        switch value.tag {
        case .null: visitor.visitNull()
        case .false, .true: visitor.visit(bool: value.tag == .true)
        case .int64: visitor.visit(int64: value.int64(in: bytes))
        case .decimal:
            let (mantissa, scale) = value.scaled(in: bytes)
            visitor.visit(mantissa: mantissa, scale: scale)
        case .number: visitor.visit(number: bytes.extracting(value.payload))
        case .string: visitor.visit(text: bytes.extracting(value.payload))
        case .timestamp: visitor.visit(timestamp: value.int64(in: bytes))
        case .bytes: visitor.visit(bytes: bytes.extracting(value.payload))
        case .json: visitor.visit(json: bytes.extracting(value.payload))
        case .list:
            // A list in a list: no field has one, but its text shows what is there.
            var (position, text) = (value.whole.lowerBound, [UInt8]())
            appendJSON(in: bytes, at: &position, to: &text)
            visitor.visit(json: text.span)
        }
    }
}
