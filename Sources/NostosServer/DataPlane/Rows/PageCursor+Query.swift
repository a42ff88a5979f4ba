import Nostos

extension PageCursor {
    /// The parameters of the cursor's page: those of the page before, and the request's own limit,
    /// if it has one.
    ///
    /// Repeated parameters must have their old values: a cursor with another prefix would skip or
    /// repeat rows.
    func query(
        with resent: QueryParameters, of query: Span<UInt8>
    ) throws(Problem) -> [UInt8] {
        var text = resent.carried(of: query)
        switch parameters {
        case .query(let carried):
            try Self.check(resent, query, carried)
            text = carried
        case .mark(let mark):
            guard Self.mark(of: text) == mark else {
                throw Problem(
                    .badRequest,
                    "Send this cursor together with the parameters of the first page.",
                    name: "cursor")
            }
        }
        guard let limit = resent[.limit] else { return text }
        if !text.isEmpty { text.append(UInt8(ascii: "&")) }
        text.append(ascii: "limit=")
        text.append(query.extracting(limit))
        return text
    }

    /// Checks that what is sent again is what it was.
    private static func check(
        _ resent: QueryParameters, _ query: Span<UInt8>, _ carried: [UInt8]
    ) throws(Problem) {
        let known = try QueryParameters(carried.span, allowed: .carried, "The cursor is damaged.")
        for name in QueryParameters.Name.allCases where name != .cursor && name != .limit {
            guard let range = resent[name] else { continue }
            let value = query.extracting(range)
            guard let knownRange = known[name],
                isEqual(value, carried.span.extracting(knownRange))
            else {
                throw Problem(
                    .badRequest,
                    "The cursor is of a page with another value of this: send the cursor alone.",
                    name: "\(name.text)")
            }
        }
    }

    /// Whether two values are the same when they are decoded.
    private static func isEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        if left.elementsEqual(right) { return true }
        var (first, second): ([UInt8], [UInt8]) = ([], [])
        do throws(PercentDecoding.Fault) {
            try PercentDecoding.decode(left, into: &first)
            try PercentDecoding.decode(right, into: &second)
        } catch {
            return false
        }
        return first == second
    }
}
