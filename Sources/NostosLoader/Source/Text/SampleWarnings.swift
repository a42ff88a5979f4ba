import Nostos

// Warnings about what was guessed from the first rows.
extension ColumnSample {
    /// The warnings about one column, of which the job states no type; each names a value and its
    /// line, what follows from it, and what to state.
    func warnings(_ column: TextColumn, isText: Bool) -> [String] {
        guard !column.isStated, column.separator.isEmpty else { return [] }
        if column.isKey { return keyWarning(column).map { [$0] } ?? [] }
        if isBracketed, let first = kinds.first.map({ self[$0] }) {
            return [bracketWarning(column, first)]
        }
        return oddWarning(column, isText: isText).map { [$0] } ?? []
    }

    private func bracketWarning(_ column: TextColumn, _ first: Group) -> String {
        """
        line \(first.line), column \(quoted(column.name)): \(first.example) and all others look \
        like lists and are read as text; say columns: {\(column.name): {type: json}} if they are \
        JSON, or write JSON lines, or state split for values with a separator
        """
    }

    /// A key is text because some of its values are no integers.
    private func keyWarning(_ column: TextColumn) -> String? {
        guard column.shape == .scalar(.string), self[.number].count > 0 else { return nil }
        var odd = firstFraction
        if odd.count == 0 {
            guard let (_, found) = exception(among: [.number]) else { return nil }
            odd = found
        }
        return """
            line \(odd.line), column \(quoted(column.name)): \(odd.example) is no integer as JSON \
            writes it, so that all keys are text; say key_type: string if that is right
            """
    }

    private func oddWarning(_ column: TextColumn, isText: Bool) -> String? {
        guard let (usual, odd) = exception(among: [.number, .bool, .time]) else { return nil }
        let mayBeNull = isText && NullText.mayBeMeant(by: odd.example)
        let null = mayBeNull ? ", null: [\(odd.example)] if it means NULL" : ""
        let reading =
            isText ? "so that all values are read as text" : "and each value keeps its own type"
        return """
            line \(odd.line), column \(quoted(column.name)): found \(odd.example) among \
            \(usual.noun), \(reading); say columns: {\(column.name): {type: \(usual.type)}} if it \
            is wrong\(null), or type: string if it is right
            """
    }

    /// The usual kind of the values, one of those, and the first value of another kind; nil where
    /// there is none, or where the others are no exceptions: many, and different.
    private func exception(among candidates: [Kind]) -> (usual: Kind, odd: Group)? {
        guard let usual = candidates.max(by: { self[$0].count < self[$1].count }) else {
            return nil
        }
        // Texts for missing values among numbers and Booleans are errors where they are read.
        let others = kinds.subtracting([usual])
        let isRefused = others == [.missing] && usual != .time
        let count = self.count - self[usual].count
        guard count > 0, count <= self[usual].count, !isRefused else { return nil }
        let isOneText = others.count == 1 && others.allSatisfy { self[$0].isUniform }
        guard isOneText || count * 10 <= self[usual].count else { return nil }
        let first = others.map { self[$0] }.min { $0.line < $1.line }
        return first.map { (usual, $0) }
    }
}

extension ColumnSample.Kind {
    fileprivate var noun: String {
        switch self {
        case .number: "numbers"
        case .bool: "Booleans"
        case .time: "times"
        case .missing, .text, .list, .json: "texts"
        }
    }

    fileprivate var type: String {
        switch self {
        case .number: "number"
        case .bool: "bool"
        case .time: "timestamp"
        case .missing, .text, .list, .json: "string"
        }
    }
}
