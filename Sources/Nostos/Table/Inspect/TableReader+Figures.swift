extension TableReader {
    /// The most records, values and bytes of rows that figures are taken from.
    private static let maxFigureRows = 200_000
    private static let maxFigureValues = 4_000_000
    private static let maxFigureSize = 256 << 20
    /// Fields that one walk looks at: their values are in memory together.
    private static let figureFieldCount = 8

    /// The figures of the first ``FieldFigures/maxFieldCount`` fields.
    ///
    /// Taken from whole groups that stand evenly in the table: at most 200,000 records, 4 million
    /// values and 256 MiB of them. Takes about 20 MiB of memory. Nulls, distinct values, the least
    /// and the largest are of all records where the table's metadata says them.
    ///
    /// - Throws: ``TableError/corrupt(file:part:offset:detail:)``.
    /// - Complexity: O(sampled values), about 40 ns for one.
    public func figures() throws(TableError) -> [FieldFigures] {
        try figures(upTo: Self.maxFigureRows)
    }

    /// The same from so many records at most.
    func figures(upTo rowCount: Int) throws(TableError) -> [FieldFigures] {
        let fields = Array(info.schema.fields.prefix(FieldFigures.maxFieldCount))
        let known = try metadata().fields
        let rowSize = max(1, info.size / max(1, info.rowCount))
        let sampled = min(
            rowCount, Self.maxFigureValues / max(1, fields.count),
            max(1, Self.maxFigureSize / rowSize))
        var figures: [FieldFigures] = []
        for start in stride(from: 0, to: fields.count, by: Self.figureFieldCount) {
            let some = Array(fields[start..<min(start + Self.figureFieldCount, fields.count)])
            let columns = try columns(of: some, sampled)
            for (index, field) in some.enumerated() {
                let known = start + index < known.count ? known[start + index] : nil
                figures.append(
                    FieldFigures(field, columns[index], rowCount: info.rowCount, known))
            }
        }
        return figures
    }

    private func columns(
        of fields: [Field], _ count: Int
    ) throws(TableError) -> [FigureCollector.Column] {
        let selection = selectValues(fields.map(\.name))
        var collector = FigureCollector(selection.fields)
        var cursor = scan(sampleOf: count)
        while try cursor.next() { try cursor.visit(selection, with: &collector) }
        return collector.columns
    }
}

extension FieldFigures {
    /// Quantiles are those of at most so many values.
    private static let maxSortedCount = 20_000

    init(
        _ field: Field, _ column: FigureCollector.Column, rowCount: Int,
        _ known: FieldStatistics?
    ) {
        let known = known?.name == field.name ? known : nil
        let share = column.rows > 0 ? Double(rowCount) / Double(column.rows) : 0
        // A table made by hand may say that it has any number of records.
        let scaled = { (count: Int) in Int(min(1e15, (Double(count) * share).rounded())) }
        let nulls = known?.nullCount ?? scaled(column.nulls)
        let population = scaled(column.distinct.total)
        let isWhole = column.rows == rowCount && column.distinct.distinct.isExact
        self.init(
            name: field.name, type: field.type.name, isList: field.isList, rows: rowCount,
            nulls: nulls,
            distinct: known?.distinctCount ?? column.distinct.estimate(of: population),
            isDistinctExact: known?.distinctCount != nil || isWhole, measure: column.measure,
            sampled: column.values.count, quantiles: [], bins: [], below: 0, above: 0)
        measure(column.values)
        if let least = Self.number(known?.minimum, measure) { minimum = least }
        if let most = Self.number(known?.maximum, measure) { maximum = most }
    }

    /// The number of an end that a table's metadata states.
    private static func number(_ text: String?, _ measure: Measure) -> Double? {
        guard let text else { return nil }
        switch measure {
        case .number: return Double(text).flatMap { $0.isFinite ? rounded($0) : nil }
        case .time: return Timestamp.microseconds(ofText: text).map(Double.init)
        case .truth, .length, .elements, .none: return nil
        }
    }

    private mutating func measure(_ values: [Double]) {
        guard let least = values.min(), let most = values.max() else { return }
        let step = (values.count + Self.maxSortedCount - 1) / Self.maxSortedCount
        let sorted = stride(from: 0, to: values.count, by: step).map { values[$0] }.sorted()
        let quantiles = Self.quantileShares.map { share in
            sorted[Int((share * Double(sorted.count - 1)).rounded())]
        }
        let (first, last) = (quantiles[0], quantiles[quantiles.count - 1])
        // Of a long tail all but a few values would stand in one bin.
        let hasTail = last > first && most - least > 4 * (last - first)
        let (start, end) = hasTail ? (first, last) : (least, most)
        minimum = Self.rounded(least)
        maximum = Self.rounded(most)
        let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
        self.mean = mean.isFinite ? Self.rounded(mean) : nil
        self.quantiles = quantiles.map(Self.rounded)
        guard (end - start).isFinite else { return }
        var bins = [Int](repeating: 0, count: Self.binCount)
        for value in values {
            if value < start {
                below += 1
            } else if value > end {
                above += 1
            } else {
                let place = end > start ? (value - start) / (end - start) : 0
                bins[min(Self.binCount - 1, Int(place * Double(Self.binCount)))] += 1
            }
        }
        (self.bins, binStart, binEnd) = (bins, Self.rounded(start), Self.rounded(end))
    }

    /// The number with nine digits, unless it is an integer that a double holds.
    ///
    /// Its text is short, and no chart shows more.
    private static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0, value.rounded() != value || value.magnitude > 0x1p53
        else { return value }
        var scale = 1.0
        var digits = value.magnitude
        while digits >= 1e9, scale > 1e-300 {
            digits /= 10
            scale /= 10
        }
        while digits < 1e8, scale < 1e300 {
            digits *= 10
            scale *= 10
        }
        let short = (value * scale).rounded() / scale
        return short.isFinite ? short : value
    }
}
