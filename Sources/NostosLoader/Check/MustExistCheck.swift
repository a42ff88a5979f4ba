import Nostos

/// `must_exist`: these keys are in the table.
struct MustExistCheck {
    let keys: [[Literal]]

    /// Looks every key up.
    func finding(_ table: TableReader) throws(TableError) -> Finding {
        let schema = table.info.schema.key
        let nothing = table.select([])
        var offenders = Offenders(schema)
        var scratch: [UInt8] = []
        for literals in keys {
            if let problem = Self.problem(with: literals, for: schema.columns.map(\.type)) {
                return .notEvaluated(problem)
            }
            guard let key = try? schema.encode(literals.compactMap(\.keyPart)) else {
                return .notEvaluated("a key above \(KeySchema.maxSize) bytes")
            }
            scratch.removeAll(keepingCapacity: true)
            if try !table.get(key.span, nothing, into: &scratch) { offenders.add(key) }
        }
        let (missing, all) = (offenders.count, keys.count)
        let observed = "\(missing) of \(Figures.count(all, "key")) missing"
        return Finding(
            verdict: missing == 0 ? .holds : .fails, observed: observed, limit: "none missing",
            keys: offenders.keys,
            sentence: missing == 0
                ? all == 1 ? "the key is there" : "all \(Figures.count(all)) keys are there"
                : observed)
    }

    /// The reason for which these literals cannot be a key of those types; a type that is not known
    /// yet is nil.
    static func problem(with literals: [Literal], for types: [KeyType?]) -> String? {
        guard literals.count == types.count else {
            return "a key of \(literals.count) parts, the job's have \(types.count)"
        }
        for (literal, type) in zip(literals, types) {
            switch (literal, type) {
            case (_, nil), (.int64, .int64?), (.string, .string?): continue
            case (.int64(let value), _):
                return "the key \(value) is a number, the job's are text: write it in quotes"
            case (.string(let text), _):
                return "the key \(quoted(text)) is text, the job's are numbers"
            default: return "a key that is neither a whole number nor text"
            }
        }
        return nil
    }
}

extension Literal {
    /// The literal as a part of a key, if it can be one.
    var keyPart: KeyPart? {
        switch self {
        case .int64(let value): .int64(value)
        case .string(let text): .string(text)
        case .null, .bool, .number: nil
        }
    }

    /// The JSON text of a value that is this literal.
    var json: [UInt8] {
        var encoded: [UInt8] = []
        var text: [UInt8] = []
        var position = 0
        encode(into: &encoded)
        EncodedValue.appendJSON(in: encoded.span, at: &position, to: &text)
        return text
    }

    /// Appends the encoded form.
    func encode(into output: inout [UInt8]) {
        do throws(ValueError) {
            switch self {
            case .null: EncodedValue.appendNull(to: &output)
            case .bool(let value): EncodedValue.append(bool: value, to: &output)
            case .int64(let value): EncodedValue.append(int64: value, to: &output)
            case .number(let text):
                try EncodedValue.append(number: Array(text.utf8).span, to: &output)
            case .string(let text):
                try EncodedValue.append(string: Array(text.utf8).span, to: &output)
            }
        } catch {
            preconditionFailure("a literal that the job file's reader does not let through")
        }
    }
}
