import SystemPackage

extension Job {
    /// What the file states and this release cannot run, in order of position; empty when the job
    /// can run.
    ///
    /// `run` and `plan` refuse a job with any, because a value or check that is silently left out
    /// is worse than none; `validate` warns of them.
    public var unsupported: [JobDiagnostic] {
        var marks: [(TextMark, String)] = []
        if indexColumns.count > 1 {
            marks.append((keyMarks["index_column"] ?? mark, "a key of several columns"))
        }
        for generator in generators {
            marks += generator.unsupported
        }
        marks += checks.map { ($0.mark, "the check \($0.name)") }
        return marks.sorted { $0.0 < $1.0 }.map { mark, what in
            JobDiagnostic(
                severity: .error, file: path.string, mark: mark,
                message: "found \(what), which this release reads but cannot run")
        }
    }
}

extension GeneratorSpec {
    fileprivate var unsupported: [(TextMark, String)] {
        var found: [(TextMark, String)] = []
        switch kind {
        case .sql: break
        case .file: found.append((mark, "a file generator"))
        case .command: found.append((mark, "a command generator"))
        case .constant: found.append((mark, "a constant generator"))
        }
        if let aggregate, aggregate != .set {
            found.append((keyMarks["aggregate"] ?? mark, "aggregate: \(aggregate)"))
        }
        if limitPerKey != nil {
            found.append((keyMarks["limit_per_key"] ?? mark, "limit_per_key"))
        }
        if !columns.isEmpty {
            found.append((keyMarks["columns"] ?? mark, "a contract for columns"))
        }
        return found
    }
}
