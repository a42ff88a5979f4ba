public import Nostos

/// The plan by which the rows of a job's generators become records: key, fields, and their sources.
///
/// Every column of a generator that is not an index column is a field, named as the source names
/// it. The record's fields are those of the first generator from left to right, then those of the
/// second, and so on; a generator of constants has the fields that it names.
public struct RecordPlan: Sendable {
    /// The key's parts, in the order of the job's index columns.
    public private(set) var keyColumns: [PlannedKeyColumn]
    /// The record's fields, in order.
    public let fields: [PlannedField]
    /// The generators, in the job's order.
    public let generators: [GeneratorPlan]
    /// The first generator with rows: whose keys `join: first` keeps.
    let joinGenerator: Int

    /// Resolves index columns, contracts and generators against what the sources report.
    ///
    /// - Parameters:
    ///   - indexColumns: the job's index columns, one or more; matched exactly.
    ///   - keyTypes: the job's `key_type`: one for each of them, or none.
    ///   - generators: the generators, in the job's order.
    ///   - rules: how rows are joined, which says what may be left out.
    /// - Throws: ``PlanError``, which names generator and column.
    public init(
        indexColumns: [String], keyTypes: [KeyType], generators: [GeneratorInput],
        rules: MergeRules = MergeRules()
    ) throws(PlanError) {
        guard (1...KeySchema.maxColumnCount).contains(indexColumns.count),
            Set(indexColumns).count == indexColumns.count
        else {
            throw .badIndexColumns(indexColumns, maxCount: KeySchema.maxColumnCount)
        }
        precondition(keyTypes.isEmpty || keyTypes.count == indexColumns.count)
        guard let joinGenerator = generators.firstIndex(where: { $0.constants.isEmpty }) else {
            throw .noGenerator
        }
        var keyColumns = indexColumns.enumerated().map { part, name in
            PlannedKeyColumn(
                name: name, type: keyTypes.isEmpty ? nil : keyTypes[part], origin: "key_type")
        }
        var fields: [PlannedField] = []
        var plans: [GeneratorPlan] = []
        for (ordinal, generator) in generators.enumerated() {
            let mayLeaveOut =
                generator.limitPerKey != nil
                || (generator.aggregate == nil && rules.onDuplicate != .error)
                || (rules.join == .first && ordinal != joinGenerator)
            plans.append(
                generator.constants.isEmpty
                    ? try Self.plan(generator, ordinal, mayLeaveOut, &keyColumns, &fields)
                    : try Self.planConstants(generator, ordinal, &fields))
        }
        try Self.checkNames(fields, generators)
        self.keyColumns = keyColumns
        self.fields = fields
        self.generators = plans
        self.joinGenerator = joinGenerator
    }

    /// The same plan for a job whose current version has that key: it takes the types of that key,
    /// since no generator has a row that decides them.
    func assumingKeyTypes(of key: KeySchema?) -> RecordPlan {
        guard let key, key.columns.map(\.name) == keyColumns.map(\.name) else { return self }
        var plan = self
        for part in plan.keyColumns.indices {
            plan.keyColumns[part].fallback = key.columns[part].type
        }
        return plan
    }

    /// The plan of a generator with rows; its fields are appended to `fields`.
    private static func plan(
        _ generator: GeneratorInput, _ ordinal: Int, _ mayLeaveOut: Bool,
        _ keyColumns: inout [PlannedKeyColumn], _ fields: inout [PlannedField]
    ) throws(PlanError) -> GeneratorPlan {
        let indexColumns = keyColumns.map(\.name)
        let ends = try Self.keyColumns(of: generator, indexColumns: indexColumns)
        let values = generator.columns.indices.filter { !ends.contains($0) }
        guard !values.isEmpty else {
            throw .noField(generator: generator.name, columns: generator.columns.map(\.name))
        }
        for (part, column) in ends.enumerated() {
            try agree(&keyColumns[part], generator, generator.columns[column])
        }
        let contracts = try contracts(of: generator, indexColumns: indexColumns)
        let first = fields.count
        let rules = values.enumerated().map { index, column in
            let contract = contracts[generator.columns[column].name]
            return ColumnRule(
                column: column, field: first + index, aggregate: generator.aggregate,
                contractType: contract?.type, isNotNull: contract?.isNotNull ?? false,
                isListColumn: generator.columns[column].isList,
                mayLeaveOut: mayLeaveOut)
        }
        fields += rules.map { rule in
            field(generator.columns[rule.column], rule, of: generator, ordinal: ordinal)
        }
        return GeneratorPlan(
            ordinal: ordinal, name: generator.name, aggregate: generator.aggregate,
            limitPerKey: generator.limitPerKey, hasRows: true,
            columnNames: generator.columns.map(\.name), keyColumns: ends, fieldColumns: values,
            fields: first..<fields.count,
            missing: missing(generator.aggregate, fieldCount: values.count), rules: rules)
    }

    /// The plan of a generator of constants; its fields are appended to `fields`.
    private static func planConstants(
        _ generator: GeneratorInput, _ ordinal: Int, _ fields: inout [PlannedField]
    ) throws(PlanError) -> GeneratorPlan {
        let first = fields.count
        var values: [UInt8] = []
        for constant in generator.constants {
            let start = values.count
            do throws(ValueError) { try constant.value.append(to: &values) } catch {
                throw .badConstant(
                    generator: generator.name, field: constant.field, problem: error.sentence)
            }
            let type = EncodedValue.Tag(rawValue: values[start])?.type
            fields.append(
                PlannedField(
                    name: constant.field, declaredType: type, isList: false, generator: ordinal,
                    isMadeByMerge: false))
        }
        return GeneratorPlan(
            ordinal: ordinal, name: generator.name, aggregate: nil, limitPerKey: nil,
            hasRows: false, columnNames: [], keyColumns: [], fieldColumns: [],
            fields: first..<fields.count, missing: values, rules: [])
    }
}

extension Literal {
    /// Appends the encoded value.
    fileprivate func append(to output: inout [UInt8]) throws(ValueError) {
        switch self {
        case .null: EncodedValue.appendNull(to: &output)
        case .bool(let value): EncodedValue.append(bool: value, to: &output)
        case .int64(let value): EncodedValue.append(int64: value, to: &output)
        case .number(let text): try EncodedValue.append(number: Array(text.utf8).span, to: &output)
        case .string(let text): try EncodedValue.append(string: Array(text.utf8).span, to: &output)
        }
    }
}
