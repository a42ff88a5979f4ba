import Nostos
import SystemPackage

/// An error of a source, with the generator or check that reads it and the place of its SQL.
struct LocatedSourceError: Error, CustomStringConvertible {
    private let error: SourceError
    private let name: String
    /// The kind of the source: connection, file or command.
    private let noun: String
    private let sql: SQLText?
    /// The number of lines that were sent before the first line of the SQL.
    private let lineOffset: Int

    init(_ error: SourceError, _ generator: GeneratorSpec) {
        (self.error, name, lineOffset) = (error, generator.name, 0)
        switch generator.kind {
        case .sql(let text): (noun, sql) = ("connection", text)
        case .file: (noun, sql) = ("file", nil)
        case .command, .constant: (noun, sql) = ("command", nil)
        }
    }

    init(_ error: SourceError, name: String, sql: SQLText?, lineOffset: Int = 0) {
        (self.error, self.name, noun) = (error, name, "connection")
        (self.sql, self.lineOffset) = (sql, lineOffset)
    }

    var kind: RunError.Kind {
        switch error {
        case .unavailable, .interrupted: .unavailable
        case .badQuery, .badValue, .badInput: .badJob
        }
    }

    var description: String {
        switch error {
        case .unavailable(let source, let reason):
            return "\(origin(source)) is not available: \(reason)\(reference)"
        case .interrupted(let source, let rows, let reason):
            let count = Figures.count(rows, "row")
            return "\(origin(source)) broke off after \(count): \(reason)\(reference)"
        case .badInput(let source, let line, let row, let reason):
            let lines = line.map { ", line \($0)" } ?? ""
            let rows = row.map { ", row \($0)" } ?? ""
            return "\(origin(source))\(lines)\(rows): \(reason)"
        case .badValue(let row, let column, let value):
            return "\(name): row \(row), column \(column): \(value.sentence)"
        case .badQuery(let source, let reason, let line, let column):
            return "\(place(line, column))\(name): connection \(source) refused the SQL: \(reason)"
                + reference
        }
    }

    /// The generator or check with its source; once where the generator has its name from the
    /// source.
    private func origin(_ source: String) -> String {
        let isNamedBySource = sql == nil && (source == name || source.hasSuffix("/\(name)"))
        return isNamedBySource ? "\(noun) \(source)" : "\(name): \(noun) \(source)"
    }

    /// The place in the job file that names the SQL's file; empty for SQL that needs none.
    private var reference: String {
        sql?.reference.map { " (the SQL of \($0))" } ?? ""
    }

    /// The place of the fault in the job or SQL file.
    private func place(_ line: Int?, _ column: Int?) -> String {
        guard let sql else { return "" }
        let mark = line.map { sql.mark(line: $0 - lineOffset, column: column ?? 1) } ?? sql.mark
        return "\(sql.file):\(mark.line):\(mark.column): "
    }
}

/// An error in a job's generators, with the place in the job or SQL file.
struct LocatedPlanError: Error, CustomStringConvertible {
    private let error: PlanError
    private let place: String

    init(_ error: PlanError, in job: Job) {
        self.error = error
        let (file, mark) = Self.place(error, job)
        place = "\(file):\(mark.line):\(mark.column)"
    }

    private static func place(_ error: PlanError, _ job: Job) -> (file: String, TextMark) {
        let path = job.path.string
        guard let generator = job.generators.first(where: { $0.name == error.generator }) else {
            return (path, job.keyMarks[error.isOfKey ? "index_column" : "fields"] ?? job.mark)
        }
        guard case .sql(let sql) = generator.kind else { return (path, generator.mark) }
        return (sql.file, sql.mark)
    }

    var description: String { "\(place): \(error)" }
}

extension Job {
    /// The plan of the job's fields and its key, by the columns that the sources report.
    func plan(of inputs: [GeneratorInput]) throws(LocatedPlanError) -> RecordPlan {
        do throws(PlanError) {
            return try RecordPlan(
                indexColumns: indexColumns, keyTypes: keyTypes, generators: inputs,
                rules: MergeRules(onDuplicate: onDuplicate, join: join))
        } catch {
            throw LocatedPlanError(error, in: self)
        }
    }
}

extension ValueError {
    /// The finding and the expectation.
    var sentence: String {
        switch self {
        case .notFinite(let text): "found \(text), expected a number that JSON can write"
        case .notANumber(let text): "found \(text), expected a number"
        case .invalidUTF8(let offset):
            "found bytes that are not UTF-8 at offset \(offset), expected text"
        case .invalidJSON(let offset, let expected):
            "found JSON that is broken at offset \(offset), expected \(expected)"
        case .tooLarge(let size):
            "found a value of \(size) bytes, at most \(EncodedValue.maxSize) are stored"
        case .timestampOutOfRange(let text):
            "found the time \(text), expected one of the years 0001 to 9999"
        case .unreadable(let found, let expected): "found \(found), expected \(expected)"
        }
    }
}
