import Nostos

// How the columns of one generator become key parts and fields.

extension RecordPlan {
    /// The positions of the index columns among the generator's columns.
    static func keyColumns(
        of generator: GeneratorInput, indexColumns: [String]
    ) throws(PlanError) -> [Int] {
        let contracts = generator.contracts
        let names = generator.columns.map { column in
            contracts.first { $0.name == column.name }?.targetName ?? column.name
        }
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
    static func agree(
        _ part: inout PlannedKeyColumn, _ generator: GeneratorInput, _ column: SourceColumn
    ) throws(PlanError) {
        guard !column.isList else {
            throw .listKey(generator: generator.name, column: column.name)
        }
        switch column.type {
        case nil, .some(.none), .number, .any:
            // A numeric column may hold whole numbers only: its rows decide.
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

    /// The contracts by the column that they are for.
    static func contracts(
        of generator: GeneratorInput, indexColumns: [String]
    ) throws(PlanError) -> [String: ColumnContract] {
        let names = generator.columns.map(\.name)
        var contracts: [String: ColumnContract] = [:]
        for contract in generator.contracts {
            guard names.contains(contract.name), !indexColumns.contains(contract.name) else {
                throw .missingContractColumn(
                    generator: generator.name, column: contract.name, columns: names)
            }
            contracts[contract.name] = contract
        }
        return contracts
    }

    /// The field that a column becomes.
    static func field(
        _ column: SourceColumn, _ rule: ColumnRule, of generator: GeneratorInput, ordinal: Int
    ) -> PlannedField {
        let isList: Bool
        switch rule.aggregate {
        case .set, .list: isList = true
        case nil, .first, .last: isList = column.isList
        case .count, .sum, .mean, .min, .max: isList = false
        }
        let type: ValueType? =
            switch rule.aggregate {
            case .count: .int64
            case .mean: .number
            default: rule.contractType ?? column.type
            }
        let contract = generator.contracts.first { $0.name == column.name }
        return PlannedField(
            name: contract?.targetName ?? column.name, declaredType: type, isList: isList,
            generator: ordinal,
            isMadeByMerge: !rule.isObserved)
    }

    /// The encoded values of a generator's fields for a key of which it has no row.
    static func missing(_ aggregate: GeneratorSpec.Aggregate?, fieldCount: Int) -> [UInt8] {
        var values: [UInt8] = []
        for _ in 0..<fieldCount {
            switch aggregate {
            case .set, .list: values += [EncodedValue.Tag.list.rawValue, 0]
            case .count: EncodedValue.append(int64: 0, to: &values)
            case nil, .sum, .mean, .min, .max, .first, .last: EncodedValue.appendNull(to: &values)
            }
        }
        return values
    }

    static func checkNames(
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
