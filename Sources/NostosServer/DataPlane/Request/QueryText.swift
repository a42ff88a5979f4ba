import Nostos

/// The normal form of queries, which ``QueryParameters`` reads.
enum QueryText {
    /// The most parameters of a query that is normalised; one with more is read as it is.
    private static let maxPieceCount = 300

    /// The query in its normal form; nil if it already has it.
    ///
    /// Spaces written `+` are escapes, the escapes of unreserved characters are decoded, empty
    /// parameters are gone, and those that stand several times are joined: the lists of `fields`,
    /// and equal values of others. Two values that differ are left, for the error that names them.
    static func canonical(_ query: Span<UInt8>) -> [UInt8]? {
        guard !isCanonical(query) else { return nil }
        var parameters: [(name: [UInt8], value: [UInt8]?)] = []
        var start = 0
        while start < query.count {
            let end = query.end(at: UInt8(ascii: "&"), in: start..<query.count)
            if end > start {
                guard parameters.count < maxPieceCount else { return nil }
                add(query.extracting(start..<end), to: &parameters)
            }
            start = end + 1
        }
        var text: [UInt8] = []
        for (name, value) in parameters {
            if !text.isEmpty { text.append(UInt8(ascii: "&")) }
            text += name
            if let value { text += [UInt8(ascii: "=")] + value }
        }
        return text
    }

    /// Whether nothing must be decoded and no parameter is empty or repeated.
    private static func isCanonical(_ query: Span<UInt8>) -> Bool {
        var count = query.isEmpty ? 0 : 1
        for index in query.indices {
            switch query[index] {
            case UInt8(ascii: "%"), UInt8(ascii: "+"): return false
            case UInt8(ascii: "&"): count += 1
            default: break
            }
        }
        // More than there are names: some stand twice.
        guard count > 1 else { return true }
        guard count <= QueryParameters.Name.allCases.count else { return false }
        var start = 0
        while start < query.count {
            let end = query.end(at: UInt8(ascii: "&"), in: start..<query.count)
            let name = start..<query.end(at: UInt8(ascii: "="), in: start..<end)
            guard end > start, !hasName(query, name, from: end + 1) else { return false }
            start = end + 1
        }
        return true
    }

    private static func hasName(_ query: Span<UInt8>, _ name: Range<Int>, from first: Int) -> Bool {
        var start = first
        while start < query.count {
            let end = query.end(at: UInt8(ascii: "&"), in: start..<query.count)
            let other = start..<query.end(at: UInt8(ascii: "="), in: start..<end)
            if query.extracting(other).elementsEqual(query.extracting(name)) { return true }
            start = end + 1
        }
        return false
    }

    private static func add(
        _ piece: Span<UInt8>, to parameters: inout [(name: [UInt8], value: [UInt8]?)]
    ) {
        let end = piece.end(at: UInt8(ascii: "="), in: 0..<piece.count)
        var name: [UInt8] = []
        PercentDecoding.normalize(piece.extracting(..<end), plusIsSpace: true, into: &name)
        var value: [UInt8]?
        if end < piece.count {
            var text: [UInt8] = []
            PercentDecoding.normalize(
                piece.extracting((end + 1)...), plusIsSpace: true, into: &text)
            value = text
        }
        guard let value, let index = parameters.firstIndex(where: { $0.name == name }),
            let known = parameters[index].value
        else { return parameters.append((name, value)) }
        guard name != Array("fields".utf8) else {
            parameters[index].value = union(known, value)
            return
        }
        if known != value { parameters.append((name, value)) }
    }

    /// The items of the first list, followed by those of the second that are new.
    private static func union(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        var items = Set(first.split(separator: comma, omittingEmptySubsequences: false))
        var list = first
        for item in second.split(separator: comma, omittingEmptySubsequences: false)
        where items.insert(item).inserted {
            list += [comma] + item
        }
        return list
    }
}
