import Nostos
import SystemPackage

/// The fields that a check may name: the plan's, and those that the current version has.
struct KnownFields {
    let plan: RecordPlan
    /// The current version's schema.
    let before: Schema?
    /// Whether a program may bring others.
    let isOpen: Bool

    /// Their names, the plan's first.
    var names: [String] {
        let planned = plan.fields.map(\.name)
        return planned + (before?.fields.map(\.name) ?? []).filter { !planned.contains($0) }
    }

    /// The type that the field had in the current version.
    fileprivate func typeBefore(_ name: String) -> ValueType? {
        before.flatMap { schema in schema.index(of: name).map { schema.fields[$0].type } }
    }
}

// What can be wrong with a check before anything was read.
extension JobChecks {
    /// The types of values that `range` compares.
    private static let numeric: [ValueType] = [.none, .int64, .number, .any]

    /// The checks that the job's fields and keys do not fit, as far as that is known from what the
    /// sources report.
    static func problems(of job: Job, in fields: KnownFields) -> [JobDiagnostic] {
        job.checks.compactMap { spec in
            problem(with: spec, in: fields).map { spec.diagnostic($0, job) }
        }
    }

    private static func problem(with spec: CheckSpec, in fields: KnownFields) -> String? {
        let plan = fields.plan
        if let name = spec.field {
            let names = plan.fields.map(\.name)
            guard let field = plan.fields.first(where: { $0.name == name }) else {
                guard !fields.isOpen, fields.typeBefore(name) == nil else { return nil }
                return DiagnosticLog.message(
                    found: "the unknown field \(quoted(name))", expected: alternatives(names),
                    suggestion: nearestWord(to: name, among: names))
            }
            guard case .range = spec.kind, let type = field.declaredType else { return nil }
            // A type that changed is for the checks to judge, as a field that is gone.
            let wasNumeric = fields.typeBefore(name).map(numeric.contains) ?? false
            return numeric.contains(type) || wasNumeric
                ? nil : "found the field \(quoted(name)) of type \(type.name), expected numbers"
        }
        guard case .mustExist(let keys) = spec.kind else { return nil }
        let types = plan.keyColumns.map(\.type)
        return keys.lazy.compactMap { MustExistCheck.problem(with: $0, for: types) }.first
    }

    /// The problem of a check's query, or of the columns that it returns; nil also while its source
    /// cannot be reached.
    static func problem(
        with source: CheckSource, of spec: CheckSpec, _ job: Job, _ fields: KnownFields
    ) -> String? {
        let columns: [SourceColumn]
        do throws(LocatedSourceError) { columns = try source.columns() } catch {
            return error.kind == .badJob ? "\(error)" : nil
        }
        guard case .columnCheck = spec.kind, !fields.isOpen else { return nil }
        let problem = ColumnMatch.problem(
            source.columnNames(columns), index: job.indexColumns, fields: fields.names)
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
