import SystemPackage

extension Job {
    /// What the file states and this release cannot run, in order of position; empty when the job
    /// can run.
    ///
    /// `run` and `plan` refuse a job with any, because a value or check that is silently left out
    /// is worse than none; `validate` warns of them.
    public var unsupported: [JobDiagnostic] {
        var marks: [(TextMark, String)] = []
        for generator in generators {
            marks += generator.unsupported
        }
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
        case .sql, .constant: break
        case .file: found.append((mark, "a file generator"))
        case .command: found.append((mark, "a command generator"))
        }
        return found
    }
}
