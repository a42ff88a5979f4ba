import Nostos

/// The parameters of a query such as `fields=a,b&int64=string`: the range of each value.
///
/// The query is in the form of ``QueryText``; values stay percent-encoded. Unknown and repeated
/// parameters are errors: a misspelt parameter must not look obeyed.
struct QueryParameters {
    /// The parameters that any route accepts.
    enum Name: Int, CaseIterable {
        case fields, int64, prefix, from, to, limit, cursor

        var text: StaticString {
            switch self {
            case .fields: "fields"
            case .int64: "int64"
            case .prefix: "prefix"
            case .from: "from"
            case .to: "to"
            case .limit: "limit"
            case .cursor: "cursor"
            }
        }
    }

    /// The names that a route accepts, as bits.
    struct Names: OptionSet {
        let rawValue: UInt8
        static let record = Names([.fields, .int64])
        static let lookup = Names([.int64])
        /// The names that a cursor carries.
        static let carried = Names([.fields, .int64, .prefix, .from, .to])
        static let page = carried.union(Names(.limit))
        static let rows = Names([.fields, .int64, .prefix, .from, .to, .limit, .cursor])

        init(rawValue: UInt8) { self.rawValue = rawValue }

        private init(_ names: [Name]) {
            rawValue = names.reduce(0) { $0 | 1 << UInt8($1.rawValue) }
        }

        init(_ name: Name) { rawValue = 1 << UInt8(name.rawValue) }
    }

    /// Whether integers are to be shown as strings: `int64=string`.
    private(set) var quotesIntegers = false
    private var given: Names = []
    private var values = InlineArray<7, Range<Int>>(repeating: 0..<0)

    /// The range of that parameter's value; nil when it is not there.
    subscript(name: Name) -> Range<Int>? {
        given.contains(Names(name)) ? values[name.rawValue] : nil
    }

    /// Reads the parameters of a query, which may hold only `allowed`; `detail` lists these for
    /// people.
    init(_ query: Span<UInt8>, allowed: Names, _ detail: StaticString) throws(Problem) {
        var start = 0
        while start < query.count {
            let end = query.end(at: UInt8(ascii: "&"), in: start..<query.count)
            let text = start..<query.end(at: UInt8(ascii: "="), in: start..<end)
            guard let name = Self.name(query, text), allowed.contains(Names(name)),
                text.upperBound < end
            else { throw Problem(.badRequest, detail, name: query.extracting(text)) }
            guard !given.contains(Names(name)) else {
                throw Problem(
                    .badRequest, "The query has a parameter twice, with different values.",
                    name: query.extracting(text))
            }
            given.insert(Names(name))
            values[name.rawValue] = text.upperBound + 1..<end
            start = end + 1
        }
        guard let value = self[.int64] else { return }
        guard query.equals("string", in: value) else {
            throw Problem(
                .badRequest, "The parameter int64 may be string and nothing else.",
                name: query.extracting(value))
        }
        quotesIntegers = true
    }

    /// The parameters that the next page shares, in a fixed order.
    func carried(of query: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        for name in Name.allCases where Names.carried.contains(Names(name)) {
            guard let range = self[name] else { continue }
            if !text.isEmpty { text.append(UInt8(ascii: "&")) }
            text.append(ascii: name.text)
            text.append(UInt8(ascii: "="))
            text.append(query.extracting(range))
        }
        return text
    }

    private static func name(_ query: Span<UInt8>, _ range: Range<Int>) -> Name? {
        // The usual one first.
        if query.equals("fields", in: range) { return .fields }
        return Name.allCases.first { query.equals($0.text, in: range) }
    }
}
