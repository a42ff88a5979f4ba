public import Nostos

/// How the rows of a job's generators become records: key, fields, and where they come from.
///
/// Every column of a generator that is not an index column is a field, named as the source names
/// it. The record's fields are those of the first generator from left to right, then those of the
/// second, and so on.
public struct LoadPlan: Sendable {
    /// The key's parts, in the order of the job's index columns.
    public let keyColumns: [PlannedKeyColumn]
    /// The record's fields, in order.
    public let fields: [PlannedField]
    /// The generators, in the job's order.
    public let generators: [GeneratorPlan]

    /// Resolves index columns and generators against what the sources report.
    ///
    /// - Parameters:
    ///   - indexColumns: the job's index columns, one or more; matched exactly.
    ///   - keyType: the job's `key_type`, which each of them must have; nil where it names none.
    ///   - generators: the generators, in the job's order.
    /// - Throws: ``PlanError``, which names generator and column.
    public init(
        indexColumns: [String], keyType: KeyType?, generators: [GeneratorInput]
    ) throws(PlanError) {
        guard (1...KeySchema.maxColumnCount).contains(indexColumns.count),
            Set(indexColumns).count == indexColumns.count
        else {
            throw .badIndexColumns(indexColumns, maxCount: KeySchema.maxColumnCount)
        }
        guard !generators.isEmpty else { throw .noGenerator }
        var keyColumns = indexColumns.map {
            PlannedKeyColumn(name: $0, type: keyType, origin: "key_type")
        }
        var fields: [PlannedField] = []
        var plans: [GeneratorPlan] = []
        for (ordinal, generator) in generators.enumerated() {
            let ends = try Self.keyColumns(of: generator, indexColumns: indexColumns)
            let values = generator.columns.indices.filter { !ends.contains($0) }
            guard !values.isEmpty else {
                throw .noField(generator: generator.name, columns: generator.columns.map(\.name))
            }
            for (part, column) in ends.enumerated() {
                try Self.agree(&keyColumns[part], generator, generator.columns[column])
            }
            let first = fields.count
            for column in values {
                fields.append(
                    PlannedField(
                        name: generator.columns[column].name,
                        declaredType: generator.columns[column].type,
                        isList: generator.isSet, generator: ordinal))
            }
            plans.append(
                GeneratorPlan(
                    ordinal: ordinal, name: generator.name, isSet: generator.isSet,
                    columnNames: generator.columns.map(\.name), keyColumns: ends,
                    fieldColumns: values, fields: first..<fields.count))
        }
        try Self.checkNames(fields, generators)
        self.keyColumns = keyColumns
        self.fields = fields
        self.generators = plans
    }

    /// Where the index columns stand among the generator's columns.
    private static func keyColumns(
        of generator: GeneratorInput, indexColumns: [String]
    ) throws(PlanError) -> [Int] {
        let names = generator.columns.map(\.name)
        var found: [Int] = []
        for column in indexColumns {
            let places = names.indices.filter { names[$0] == column }
            guard let place = places.first else {
                throw .missingIndexColumn(
                    generator: generator.name, column: column, columns: names)
            }
            guard places.count == 1 else {
                throw .repeatedIndexColumn(generator: generator.name, column: column)
            }
            found.append(place)
        }
        return found
    }

    /// Makes what the source declares and what is known of a part of the key one.
    private static func agree(
        _ part: inout PlannedKeyColumn, _ generator: GeneratorInput, _ column: SourceColumn
    ) throws(PlanError) {
        switch column.type {
        case nil, .some(.none), .number, .any:
            // A numeric column may hold whole numbers only: its rows tell.
            return
        case .int64, .string:
            let type: KeyType = column.type == .int64 ? .int64 : .string
            guard let known = part.type else {
                (part.type, part.origin) = (type, generator.name)
                return
            }
            guard known == type else {
                throw .keyTypesDiffer(
                    column: part.name, first: part.origin, firstType: known,
                    second: generator.name, secondType: type)
            }
        case .some(let type):
            throw .unfitKeyType(generator: generator.name, column: part.name, type: type)
        }
    }

    private static func checkNames(
        _ fields: [PlannedField], _ generators: [GeneratorInput]
    ) throws(PlanError) {
        guard fields.count <= Schema.maxFieldCount else {
            throw .tooManyFields(count: fields.count, limit: Schema.maxFieldCount)
        }
        var owners: [String: Int] = [:]
        for field in fields {
            let owner = generators[field.generator].name
            if let problem = problem(withName: field.name) {
                throw .badFieldName(generator: owner, name: field.name, problem: problem)
            }
            if let other = owners.updateValue(field.generator, forKey: field.name) {
                throw .repeatedField(
                    name: field.name, first: generators[other].name, second: owner)
            }
        }
    }

    private static func problem(withName name: String) -> String? {
        if name.isEmpty { return "empty" }
        if name.utf8.count > Field.maxNameSize {
            return "\(name.utf8.count) bytes long, the limit is \(Field.maxNameSize)"
        }
        let hasControl = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return hasControl ? "with a control character" : nil
    }
}
