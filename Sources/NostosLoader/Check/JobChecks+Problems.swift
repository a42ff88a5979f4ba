import Nostos
import SystemPackage

// What can be wrong with a check before anything was read.
extension JobChecks {
    /// The checks that the job's fields and keys do not fit, as far as that is known from what the
    /// sources report.
    static func problems(of job: Job, in plan: LoadPlan) -> [JobDiagnostic] {
        job.checks.compactMap { spec in
            problem(with: spec, in: plan).map { spec.diagnostic($0, job) }
        }
    }

    private static func problem(with spec: CheckSpec, in plan: LoadPlan) -> String? {
        if let name = spec.field {
            let names = plan.fields.map(\.name)
            guard let field = plan.fields.first(where: { $0.name == name }) else {
                return DiagnosticLog.message(
                    found: "the unknown field \(quoted(name))", expected: alternatives(names),
                    suggestion: nearestWord(to: name, among: names))
            }
            guard case .range = spec.kind, let type = field.declaredType else { return nil }
            return [.none, .int64, .number, .any].contains(type)
                ? nil : "found the field \(quoted(name)) of type \(type.name), expected numbers"
        }
        guard case .mustExist(let keys) = spec.kind else { return nil }
        let types = plan.keyColumns.map(\.type)
        return keys.lazy.compactMap { MustExistCheck.problem(with: $0, for: types) }.first
    }

    /// What is wrong with a check's query, or with the columns that it gives; nil also while its
    /// source cannot be reached.
    static func problem(
        with source: CheckSource, of spec: CheckSpec, _ job: Job, _ plan: LoadPlan
    ) -> String? {
        let rows: any RowCursor
        do throws(LocatedSourceError) { rows = try source.open() } catch {
            return error.kind == .badJob ? "\(error)" : nil
        }
        guard case .columnCheck = spec.kind else { return nil }
        let problem = ColumnMatch.problem(
            source.columnNames(rows), index: job.indexColumns, fields: plan.fields.map(\.name))
        return problem.map { spec.diagnostic($0, job).description }
    }
}

extension CheckSpec {
    fileprivate func diagnostic(_ problem: String, _ job: Job) -> JobDiagnostic {
        JobDiagnostic(
            severity: .error, file: job.path.string, mark: mark,
            message: "check \(name): \(problem)")
    }

    /// The query that the check asks a source, where it does.
    var query: CheckQuery? {
        switch kind {
        case .countCheck(let query, _), .columnCheck(let query, _, _): query
        default: nil
        }
    }
}
