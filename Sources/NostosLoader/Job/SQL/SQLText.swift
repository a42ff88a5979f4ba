/// The SQL of a generator or check, templates filled in, and where each part of it was written.
public struct SQLText: Sendable, Hashable {
    /// The largest text, in bytes of UTF-8, templates filled in.
    public static let maxSize = 4 << 20

    /// The text that is sent to the source.
    ///
    /// It may hold secrets from `env_var`: mask before printing.
    public let text: String
    /// The text as it was written, templates unfilled; free of secrets.
    public let template: String
    /// The file in which it stands: the job file, or the `.sql` file that the job names.
    public let file: String
    /// The place in the job file that names the `.sql` file, as `file:line:column`; nil for SQL
    /// that stands in the job file itself.
    public let reference: String?
    private let origin: TextOrigin

    init(
        text: String, template: String, file: String, reference: String? = nil, origin: TextOrigin
    ) {
        self.text = text
        self.template = template
        self.file = file
        self.reference = reference
        self.origin = origin
    }

    /// The place in `file` at which the text starts.
    public var mark: TextMark { mark(line: 1, column: 1) }

    /// The place in `file` at which that part of `text` was written.
    ///
    /// - Parameters:
    ///   - line: the line in `text`, from 1, as sources report it.
    ///   - column: the column in that line, from 1, in Unicode scalars.
    /// - Returns: the place; that of the text's start where SQL or file give no better one.
    /// - Complexity: O(size of `text`).
    public func mark(line: Int, column: Int) -> TextMark {
        var current = 1
        var offset = 0
        for scalar in text.unicodeScalars {
            if current >= line { break }
            if scalar == "\n" { current += 1 }
            offset += 1
        }
        return origin.mark(at: offset + max(column, 1) - 1)
    }
}

/// Whether a text in the place of SQL is the path of a file: one line that ends in `.sql` and does
/// not begin as a query does.
func isSQLPath(_ text: String) -> Bool {
    let queries: Set = ["select", "with", "values", "table"]
    guard text.lowercased().hasSuffix(".sql"), !text.contains(where: \.isNewline) else {
        return false
    }
    let first = text.prefix { !$0.isWhitespace && $0 != "(" }
    return first.count == text.count || !(first.isEmpty || queries.contains(first.lowercased()))
}
