public import Nostos

/// The reason for which a job's generators and the columns of their sources do not make a record.
public enum PlanError: Error, Sendable, Equatable {
    /// No index column, too many, or one named twice.
    case badIndexColumns([String], maxCount: Int)
    /// A job without generators, or with constants only.
    case noGenerator
    /// A generator without one of the index columns; the columns that it has.
    case missingIndexColumn(generator: String, column: String, columns: [String])
    /// A contract for a column that the generator does not have, or that is part of the key; the
    /// columns that it has.
    case missingContractColumn(generator: String, column: String, columns: [String])
    /// A constant that cannot be stored.
    case badConstant(generator: String, field: String, problem: String)
    /// An index column of lists.
    case listKey(generator: String, column: String)
    /// A generator with two columns of an index column's name.
    case repeatedIndexColumn(generator: String, column: String)
    /// A generator with index columns only.
    case noField(generator: String, columns: [String])
    /// A field named twice, in one generator or in two.
    case repeatedField(name: String, first: String, second: String)
    /// A name that no field can have.
    case badFieldName(generator: String, name: String, problem: String)
    /// More fields than a record may have.
    case tooManyFields(count: Int, limit: Int)
    /// Two types for one index column.
    case keyTypesDiffer(
        column: String, first: String, firstType: KeyType, second: String, secondType: KeyType)
    /// An index column of a type that is no key.
    case unfitKeyType(generator: String, column: String, type: ValueType)
}

extension PlanError: CustomStringConvertible {
    /// The message: the fault, its place, and the expectation.
    public var description: String {
        switch self {
        case .badIndexColumns(let columns, let maxCount):
            "index_column \(list(columns)): expected 1 to \(maxCount) different columns"
        case .noGenerator:
            "a job without a generator that has rows; expected at least one under fields"
        case .missingIndexColumn(let generator, let column, let columns):
            "\(generator): no column \(quote(column)); there are \(list(columns))"
                + hint(column, columns)
        case .missingContractColumn(let generator, let column, let columns):
            "\(generator): a contract for \(quote(column)), which is no column; there are"
                + " \(list(columns))"
                + hint(column, columns)
        case .badConstant(let generator, let field, let problem):
            "\(generator): constant \(quote(field)): \(problem)"
        case .listKey(let generator, let column):
            "\(generator): index column \(quote(column)) is a list; expected int64 or string,"
                + " as key_type may be"
        case .repeatedIndexColumn(let generator, let column):
            "\(generator): two columns named \(quote(column)); expected one, the key's"
        case .noField(let generator, let columns):
            "\(generator): only index columns (\(list(columns))); expected at least one field"
        case .repeatedField(let name, let first, let second):
            first == second
                ? "\(first): field \(quote(name)) twice; give one of the columns another alias"
                : "field \(quote(name)) in \(first) and in \(second); rename one, such as"
                    + " columns: {\(name): {as: \(name)_2}}, or leave it out: only: […] of a file"
                    + " or program, the SELECT of a query"
        case .badFieldName(let generator, let name, let problem):
            "\(generator): field name \(quote(name)) is \(problem); rename the column:"
                + " columns: {NAME: {as: …}}"
        case .tooManyFields(let count, let limit):
            "\(count) fields, the limit is \(limit)"
        case .keyTypesDiffer(let column, let first, let firstType, let second, let secondType):
            "index column \(quote(column)) is \(firstType.name) in \(first) and \(secondType.name)"
                + " in \(second); say key_type: string, by which files and programs give text, and"
                + " cast it in SQL"
        case .unfitKeyType(let generator, let column, let type):
            "\(generator): index column \(quote(column)) is \(type.name); expected int64 or string:"
                + " cast it in SQL, or say key_type: string for a file or program"
        }
    }

    /// The generator at fault; nil where it is the job as a whole.
    var generator: String? {
        switch self {
        case .badIndexColumns, .noGenerator, .tooManyFields: nil
        case .missingIndexColumn(let name, _, _), .missingContractColumn(let name, _, _),
            .badConstant(let name, _, _), .listKey(let name, _),
            .repeatedIndexColumn(let name, _), .noField(let name, _), .badFieldName(let name, _, _),
            .unfitKeyType(let name, _, _), .repeatedField(_, _, let name),
            .keyTypesDiffer(_, _, _, let name, _):
            name
        }
    }

    /// Whether the job's index columns are to blame, where no generator is.
    var isOfKey: Bool {
        if case .badIndexColumns = self { true } else { false }
    }

    private func list(_ names: [String]) -> String { names.map(quote).joined(separator: ", ") }

    private func quote(_ name: String) -> String {
        "\"" + name.unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\""
    }

    private func hint(_ column: String, _ columns: [String]) -> String {
        guard let near = nearestWord(to: column, among: columns) else { return "" }
        // What PostgreSQL reports for an unquoted userId is userid: the most common slip.
        let isFolded = near == column.lowercased()
        return "; did you mean \(quote(near))?"
            + (isFolded ? " PostgreSQL folds unquoted names to lower case" : "")
    }
}
