/// The figures of a run's fields as one short text: JSON, an array for each field.
///
/// Elements of an array behind those that are known are left alone: a newer Nostos may write more.
enum FieldFiguresText {
    /// No text of a run's figures is larger, in bytes.
    static let maxSize = 16 << 10

    /// One field's figures in the order of their places.
    private struct Row: Codable {
        var figures: FieldFigures

        init(_ figures: FieldFigures) { self.figures = figures }

        func encode(to encoder: any Encoder) throws {
            var row = encoder.unkeyedContainer()
            try row.encode(figures.name)
            try row.encode(figures.type)
            try row.encode(figures.isList ? 1 : 0)
            try row.encode(figures.rows)
            try row.encode(figures.nulls)
            try row.encode(figures.distinct)
            try row.encode(figures.isDistinctExact ? 1 : 0)
            try row.encode(figures.measure)
            try row.encode(figures.sampled)
            for number in [
                figures.minimum, figures.maximum, figures.mean, figures.binStart, figures.binEnd,
            ] { try row.encode(number) }
            try row.encode(figures.quantiles)
            try row.encode(figures.below)
            try row.encode(figures.bins)
            try row.encode(figures.above)
        }

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            let (name, type) = (try row.decode(String.self), try row.decode(String.self))
            let isList = try row.decode(Int.self) == 1
            let (rows, nulls) = (try row.decode(Int.self), try row.decode(Int.self))
            let distinct = try row.decode(Int?.self)
            let isDistinctExact = try row.decode(Int.self) == 1
            let measure = FieldFigures.Measure(rawValue: try row.decode(String.self)) ?? .none
            let sampled = try row.decode(Int.self)
            var numbers: [Double?] = []
            for _ in 0..<5 { numbers.append(try row.decode(Double?.self)) }
            let quantiles = try row.decode([Double].self)
            let below = try row.decode(Int.self)
            let bins = try row.decode([Int].self)
            figures = FieldFigures(
                name: name, type: type, isList: isList, rows: rows, nulls: nulls,
                distinct: distinct, isDistinctExact: isDistinctExact, measure: measure,
                sampled: sampled, minimum: numbers[0], maximum: numbers[1], mean: numbers[2],
                quantiles: quantiles, bins: bins, binStart: numbers[3], binEnd: numbers[4],
                below: below, above: try row.decode(Int.self))
        }
    }

    /// The text of as many fields from the first one on as ``maxSize`` has room for; nil of none.
    static func encode(_ fields: [FieldFigures]) -> String? {
        var fields = fields.prefix(FieldFigures.maxFieldCount)
        while !fields.isEmpty {
            // Figures are finite numbers and plain texts, so there is a JSON text.
            guard let text = try? CatalogJSON.encode(fields.map(Row.init)) else { return nil }
            if text.count <= maxSize { return String(decoding: text, as: UTF8.self) }
            fields = fields.dropLast(max(1, fields.count / 8))
        }
        return nil
    }

    /// The figures of a text; none where it is no such text.
    static func decode(_ text: String) -> [FieldFigures] {
        (CatalogJSON.decode([Row].self, Array(text.utf8)) ?? []).map(\.figures)
    }
}
