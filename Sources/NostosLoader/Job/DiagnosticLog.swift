import SystemPackage

/// The problems found while one file is read: every problem, not only the first.
///
/// A class, because all readers of a file write to the same log. Not thread-safe.
final class DiagnosticLog {
    /// The file's path, as the caller gave it.
    let file: String
    /// The values that no message may show; the readers add to it as they meet them.
    var secrets = SecretMask()
    /// The variables that the file declares or its templates name.
    var knownVars: Set<String> = []
    /// Whether messages must not quote the file: it may hold secrets.
    let isConfidential: Bool
    private var entries: [JobDiagnostic] = []
    private var environmentErrorCount = 0

    init(file: String, isConfidential: Bool = false) {
        self.file = file
        self.isConfidential = isConfidential
    }

    /// Whether there is an error so far.
    var hasErrors: Bool { entries.contains { $0.severity == .error } }

    /// Notes an error: what stands at that place, what should, and the near word if there is one.
    func error(
        at mark: TextMark, found: String, expected: String? = nil, suggestion: String? = nil,
        in otherFile: String? = nil
    ) {
        let message = Self.message(found: found, expected: expected, suggestion: suggestion)
        entries.append(
            JobDiagnostic(
                severity: .error, file: otherFile ?? file, mark: mark, message: message))
    }

    /// Counts the error noted last as one of the environment, not of the file.
    func blameEnvironment() {
        environmentErrorCount += 1
    }

    /// Whether there are errors, and all are environment variables that are not set.
    var lacksOnlyEnvironment: Bool {
        hasErrors && entries.count { $0.severity == .error } == environmentErrorCount
    }

    /// Adds what another log of the same file noted.
    func formUnion(_ other: DiagnosticLog) {
        entries += other.entries
        secrets.formUnion(other.secrets)
        environmentErrorCount += other.environmentErrorCount
    }

    /// Notes a warning.
    func warning(at mark: TextMark, _ message: String) {
        entries.append(
            JobDiagnostic(severity: .warning, file: file, mark: mark, message: message))
    }

    /// All entries of that severity in order of position, each once, masked.
    ///
    /// The same entry comes twice where an alias repeats a node.
    func sorted(_ severity: JobDiagnostic.Severity) -> [JobDiagnostic] {
        var seen: Set<JobDiagnostic> = []
        return entries.enumerated()
            .filter { $0.element.severity == severity && seen.insert($0.element).inserted }
            .sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
            .map { entry in
                JobDiagnostic(
                    severity: severity, file: entry.element.file, mark: entry.element.mark,
                    message: secrets.mask(entry.element.message))
            }
    }

    /// Everything noted, as the error to throw.
    func failure(cause: Errno? = nil) -> JobFileErrors {
        JobFileErrors(errors: sorted(.error), warnings: sorted(.warning), cause: cause)
    }

    /// The form of all messages: `found …, expected …; did you mean "…"?`.
    static func message(found: String, expected: String?, suggestion: String?) -> String {
        var message = "found \(found)"
        if let expected { message += ", expected \(expected)" }
        if let suggestion { message += "; did you mean \"\(suggestion)\"?" }
        return message
    }
}

/// Words to choose from, for a message: `a, b or c`.
func alternatives(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "nothing" }
    return "\(words.dropLast().joined(separator: ", ")) or \(last)"
}

/// Text from a file as a message shows it: in quotes, on one line, at most 60 characters.
func quoted(_ text: String) -> String {
    let maxCount = 60
    var shown = ""
    for scalar in text.unicodeScalars.prefix(maxCount) {
        switch scalar {
        case "\n": shown += "\\n"
        case "\t": shown += "\\t"
        case "\"", "\\": shown += "\\\(scalar)"
        default:
            let isControl = scalar.properties.generalCategory == .control
            shown += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }
    if text.unicodeScalars.count > maxCount { shown += "…" }
    return "\"\(shown)\""
}
