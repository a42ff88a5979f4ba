import Nostos

/// A column of a text: its name, its place in the rows, and the type of its values.
struct TextColumn {
    /// The values' type.
    enum Shape: Equatable {
        /// Single values of that type.
        case scalar(ValueType)
        /// JSON arrays of values of that type; of any, where it is `any`.
        case list(ValueType)
        /// Texts that hold values of that type, with a separator between them.
        case split(ValueType)
        /// JSON values, each of its own type.
        case free
        /// Unknown: the first rows have no value. The first value decides.
        case open
    }

    /// The name.
    let name: String
    /// The column's place among the values of a row.
    let index: Int
    /// The values' type.
    let shape: Shape
    /// The authority for the type: the job, the first rows, or the rule of keys.
    let reading: TextValue.Reading
    /// Whether the job states the type; else the first rows decide.
    let isStated: Bool
    /// Whether the column is part of the key.
    let isKey: Bool
    /// The texts that mean NULL.
    let nulls: [[UInt8]]
    /// Whether there are any.
    let hasNulls: Bool
    /// The bytes between the elements of a split text.
    let separator: [UInt8]

    /// A column of that shape, with the rest from the contract.
    init(_ name: String, at index: Int, _ shape: Shape, _ contract: TextContract) {
        (self.name, self.index, self.shape) = (name, index, shape)
        isKey = contract.isKey(name)
        isStated = contract.type(of: name) != nil
        let separator = contract.column(name)?.separator
        reading = isKey ? .key : isStated || separator != nil ? .stated : .guessed
        nulls = contract.nulls(of: name)
        hasNulls = !nulls.isEmpty
        self.separator = Array((separator ?? "").utf8)
    }

    /// The column in the form that the plan of a job takes.
    var sourceColumn: SourceColumn {
        switch shape {
        case .scalar(let type): SourceColumn(name: name, type: type)
        case .list(let type), .split(let type):
            SourceColumn(name: name, type: type == .any ? nil : type, isList: true)
        case .free, .open: SourceColumn(name: name, type: nil)
        }
    }

    /// The type of the values, for messages.
    var typeName: String {
        switch shape {
        case .scalar(let type): type.name
        case .list(.any): "an array"
        case .list(let type): "an array of \(type.name)"
        case .split(let type): "a text of \(type.name) elements"
        case .free, .open: "a JSON value"
        }
    }
}

extension TextColumn {
    /// The reason why a value does not fit the column, and the remedy.
    ///
    /// - Parameters:
    ///   - value: the value as a message shows it.
    ///   - text: the value's own text where it may stand for NULL, else nil.
    ///   - isNumber: whether it reads as a number.
    ///   - row: the value's row, from 1.
    ///   - sampleCount: the number of rows that decided the type.
    /// - Returns: a sentence that begins with "found".
    func refusal(
        of value: String, text: String?, isNumber: Bool, row: Int, sampleCount: Int
    ) -> String {
        let null = text.map { "say null: [\(quoted($0))] if it means NULL, or " } ?? "say "
        guard !isStated else {
            guard isKey else { return "found \(value), expected \(example), as the job says" }
            return """
                found \(value), expected an integer as JSON writes it, such as 42, by key_type; \
                say key_type: string if the keys are text
                """
        }
        let sample = Self.sample(row: row, count: sampleCount)
        guard !isKey else {
            let expected = shape == .scalar(.int64) ? "an integer as JSON writes it" : typeName
            return """
                found \(value), expected \(expected), as in \(sample); say key_type: string if the \
                keys are text
                """
        }
        let type = widerType(isNumber: isNumber)
        return """
            found \(value), expected \(typeName), as in \(sample); \(null)columns: \
            {\(name): {type: \(type)}} if it is right
            """
    }

    /// The rows by which a type was chosen, without the row of the value that does not fit.
    private static func sample(row: Int, count: Int) -> String {
        let first = count == 1 ? "the first row" : "the first \(count) rows"
        guard row <= count, count > 1 else { return first }
        return count == 2 ? "the other of \(first)" : "the other \(count - 1) of \(first)"
    }

    /// The type that also takes a value that is a number, or not.
    private func widerType(isNumber: Bool) -> String {
        switch shape {
        case .list: "json"
        case .scalar(.int64) where isNumber: "number"
        default: "string"
        }
    }

    /// The type with an example of how it is written, where that is not plain.
    private var example: String {
        switch shape {
        case .scalar(let type), .split(let type): Self.example(of: type)
        default: typeName
        }
    }

    /// A type with an example of how it is written, where that is not plain.
    static func example(of type: ValueType) -> String {
        switch type {
        case .timestamp:
            "a timestamp such as 2026-01-31T08:05:00Z, or seconds since 1970 in 9 or 10 digits"
        case .bytes: "base64"
        case .bool: "true or false (or t, f, 1, 0)"
        default: type.name
        }
    }
}
