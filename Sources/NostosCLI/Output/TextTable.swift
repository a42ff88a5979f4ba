/// A text table: a head and rows of cells in aligned columns.
struct TextTable {
    private static let gap = "  "
    /// The width below which no column is cut.
    private static let minWidth = 4

    private let rows: [[String]]

    /// A table of those cells; each row has as many cells as the head.
    init(_ head: [String], _ rows: [[String]]) {
        self.rows = ([head] + rows).map { row in row.map(\.shown) }
    }

    /// The lines, the head's first, no longer than `width`; nil is any length.
    func lines(width: Int?) -> [String] {
        let widths = widths(within: width)
        return rows.map { row in
            var line = zip(row, widths).map { text, width in
                let text = Self.cut(text, to: width)
                return text + String(repeating: " ", count: width - text.count)
            }.joined(separator: Self.gap)
            while line.last == " " { line.removeLast() }
            return Self.cut(line, to: width)
        }
    }

    /// The columns' widths; the widest column is cut first, until the line fits.
    private func widths(within limit: Int?) -> [Int] {
        guard let head = rows.first else { return [] }
        var widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        guard let limit else { return widths }
        var excess = widths.reduce(Self.gap.count * (widths.count - 1), +) - limit
        while excess > 0, let widest = widths.max(), widest > Self.minWidth,
            // Of columns of one width the last one is cut: it holds the prose.
            let column = widths.lastIndex(of: widest)
        {
            widths[column] -= 1
            excess -= 1
        }
        return widths
    }

    /// The text, or its beginning and an ellipsis where it is longer than `width`; nil is any
    /// length.
    static func cut(_ text: String, to width: Int?) -> String {
        guard let width, text.count > width else { return text }
        return width > 0 ? text.prefix(width - 1) + "…" : ""
    }
}
