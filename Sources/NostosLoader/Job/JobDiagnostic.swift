public import SystemPackage

/// A place in a text: line and column, both counted from 1.
///
/// A column is one Unicode scalar; a tab is one column.
public struct TextMark: Sendable, Hashable, Comparable, Codable {
    /// The line, from 1; 0 where the file as a whole is meant.
    public let line: Int
    /// The column, from 1; 0 where the file as a whole is meant.
    public let column: Int

    /// The place at that line and column.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The file as a whole: a file that cannot be read has no lines.
    public static let wholeFile = TextMark(line: 0, column: 0)

    /// Whether the first stands before the second.
    public static func < (first: TextMark, second: TextMark) -> Bool {
        (first.line, first.column) < (second.line, second.column)
    }
}

/// One thing to say about a job or connections file, with its place.
///
/// No message carries a secret: values from connections and `env_var` are masked.
public struct JobDiagnostic: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Whether the file can be used in spite of it.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The file cannot be used.
        case error
        /// The file can be used; this much of it is ignored or doubtful.
        case warning
    }

    /// Error or warning.
    public let severity: Severity
    /// The file's path, as the caller gave it.
    public let file: String
    /// The place in the file.
    public let mark: TextMark
    /// The finding and the expectation, without the place.
    public let message: String

    /// A diagnostic of these parts.
    public init(severity: Severity, file: String, mark: TextMark, message: String) {
        self.severity = severity
        self.file = file
        self.mark = mark
        self.message = message
    }

    /// The line, from 1; 0 where the file as a whole is meant.
    public var line: Int { mark.line }
    /// The column in Unicode scalars, from 1; 0 where the file as a whole is meant.
    public var column: Int { mark.column }

    /// `file:line:column: message`; a warning has `warning: ` before its message.
    public var description: String {
        let place = mark == .wholeFile ? file : "\(file):\(line):\(column)"
        return severity == .warning ? "\(place): warning: \(message)" : "\(place): \(message)"
    }
}

/// The reasons for which a job or connections file cannot be used: everything that is wrong with
/// it.
public struct JobFileErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// The errors in order of position; at least one.
    public let errors: [JobDiagnostic]
    /// The warnings in order of position.
    public let warnings: [JobDiagnostic]
    /// The system's reason when the file could not be read at all; nil for a bad file.
    public let cause: Errno?

    /// One line for each error.
    public var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
