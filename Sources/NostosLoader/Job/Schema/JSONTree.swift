import Nostos

/// A JSON document whose objects keep the order in which they are written.
indirect enum JSONTree: Sendable {
    case bool(Bool)
    case number(Int)
    case string(String)
    case list([JSONTree])
    case object([(String, JSONTree)])

    /// The document, indented by two.
    var text: String {
        var output: [UInt8] = []
        append(to: &output, indentation: 0)
        return String(decoding: output, as: UTF8.self)
    }

    private func append(to output: inout [UInt8], indentation: Int) {
        switch self {
        case .bool(let value): output += Array("\(value)".utf8)
        case .number(let value): output += Array("\(value)".utf8)
        case .string(let value): JSONText.append(value, to: &output)
        case .list(let items) where items.allSatisfy(\.isScalar):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output += Array(", ".utf8) }
                item.append(to: &output, indentation: indentation)
            }
            output.append(UInt8(ascii: "]"))
        case .list(let items):
            append("[", "]", items, to: &output, indentation) { item, output in
                item.append(to: &output, indentation: indentation + 2)
            }
        case .object(let entries):
            append("{", "}", entries, to: &output, indentation) { entry, output in
                JSONText.append(entry.0, to: &output)
                output += Array(": ".utf8)
                entry.1.append(to: &output, indentation: indentation + 2)
            }
        }
    }

    private func append<Item>(
        _ start: String, _ end: String, _ items: [Item], to output: inout [UInt8],
        _ indentation: Int, _ body: (Item, inout [UInt8]) -> Void
    ) {
        output += Array(start.utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output += Array("\n".utf8) + [UInt8](repeating: 0x20, count: indentation + 2)
            body(item, &output)
        }
        if !items.isEmpty {
            output += Array("\n".utf8) + [UInt8](repeating: 0x20, count: indentation)
        }
        output += Array(end.utf8)
    }

    private var isScalar: Bool {
        switch self {
        case .bool, .number, .string: true
        case .list, .object: false
        }
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSONTree...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSONTree)...) { self = .object(elements) }
}
