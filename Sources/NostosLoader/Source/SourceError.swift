public import Nostos

/// The reason for which a source did not hand over its rows.
///
/// No case carries a secret: messages are masked where they are made.
public enum SourceError: Error, Sendable, Equatable {
    /// The source cannot be reached or opened; exit 69.
    case unavailable(source: String, reason: String)
    /// The source refused the query; line and column of the query where it reports them, from 1.
    case badQuery(source: String, reason: String, line: Int?, column: Int?)
    /// The source broke off after this many rows; exit 69.
    case interrupted(source: String, rows: Int, reason: String)
    /// A value that cannot be stored; the row's number counts from 1.
    case badValue(row: Int, column: String, ValueError)
    /// A file's or program's text is wrong, or a file is damaged, or cannot run at all; line and
    /// row where they are known, from 1, the row without counting a header; exit 65.
    case badInput(source: String, line: Int?, row: Int?, reason: String)
}

extension SourceError {
    /// Whether it blames one value, so that the value's row is known.
    var isOfValue: Bool {
        if case .badValue = self { true } else { false }
    }
}
