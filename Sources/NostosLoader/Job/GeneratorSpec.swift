public import Nostos
public import SystemPackage

/// One generator as the job file states it.
public struct GeneratorSpec: Sendable {
    /// The timeout of a command that states none.
    public static let defaultTimeout = Duration.seconds(3600)
    /// The most words of a command.
    public static let maxWords = 1024
    /// The most column contracts, and the most constants.
    public static let maxColumns = 4096

    /// The origin of the rows.
    public enum Kind: Sendable {
        /// `sql_iterator`: each column but the key's is a field.
        case sql(SQLText)
        /// `file`: a file of rows.
        case file(FileInput)
        /// `command`: a program that writes rows to its standard output.
        case command(CommandInput)
        /// `constant`: the same values for every key.
        case constant([Constant])
    }

    /// The rule by which several rows of a key become one value.
    public enum Aggregate: String, Sendable, Hashable, CaseIterable {
        case set, list, count, sum, mean, min, max, first, last
    }

    /// The ordinal, from 1, in the order of `fields`.
    public let ordinal: Int
    /// The name in progress and messages: the file or the program, or the first field of a query or
    /// of constants where that is known, else its kind; with its ordinal after it, `score#2`, where
    /// another has the same name.
    public internal(set) var name: String
    /// The place in the job file at which it starts.
    public let mark: TextMark
    /// The places of its keys.
    public let keyMarks: [String: TextMark]
    /// The origin of the rows.
    public let kind: Kind
    /// The rule by which several rows of a key become one value; nil: a key has one row.
    public let aggregate: Aggregate?
    /// The most elements of a list or set; nil is no limit.
    public let limitPerKey: Int?
    /// The contracts of the columns, in the file's order.
    public let columns: [ColumnContract]
    /// The connection that it names itself; see ``Connections/resolve(_:of:)``.
    public let connection: String?

    /// The kind by its name in job files.
    var kindName: String {
        switch kind {
        case .sql: "sql_iterator"
        case .file: "file"
        case .command: "command"
        case .constant: "constant"
        }
    }

    /// Whether all rows of a key become one array of distinct values.
    public var isSet: Bool { aggregate == .set }
}

/// A file of rows.
public struct FileInput: Sendable, Hashable {
    /// The file; relative paths of the job file are already resolved against its directory.
    ///
    /// It may hold secrets from `env_var`: mask before printing.
    public let path: FilePath
    /// The format of its rows.
    public let format: RowFormat
    /// The compression of its bytes.
    public let compression: Compression
    /// The delimiter, the texts that mean NULL, and the columns to take.
    public var options = TextOptions()
}

/// A program that writes rows to its standard output.
public struct CommandInput: Sendable, Hashable {
    /// The program and its arguments.
    ///
    /// They may hold secrets from `env_var`: mask before printing.
    public let words: [String]
    /// The format of the rows.
    public let format: RowFormat
    /// The longest time for which it may run.
    public let timeout: Duration
    /// The delimiter, the texts that mean NULL, and the columns to take.
    public var options = TextOptions()
}

/// The options for reading the text of a file or of a program's output, beside its format.
public struct TextOptions: Sendable, Hashable {
    /// The longest text that may mean NULL, in bytes.
    public static let maxNullSize = 255
    /// The most texts that may mean NULL.
    public static let maxNulls = 64

    /// The delimiter of the fields of CSV: one byte of ASCII.
    public var delimiter = UInt8(ascii: ",")
    /// The texts that mean NULL, beside the empty field without quotes.
    public var nulls: [String] = []
    /// The columns to take, by the source's names; empty takes all.
    ///
    /// Index columns are always taken.
    public var only: [String] = []

    /// A comma, no other NULL, and all columns.
    public init() {}
}

/// The format of the rows in a file or in a program's output.
public enum RowFormat: String, Sendable, Hashable, CaseIterable {
    case csv, tsv, jsonl
}

/// The compression of a file's bytes, by the end of its name.
public enum Compression: String, Sendable, Hashable, CaseIterable {
    case none, gzip, zstd
}

/// A field that has the same value for every key.
public struct Constant: Sendable, Hashable {
    /// The field's name.
    public let field: String
    /// The value.
    public let value: Literal

    /// A field with that value.
    public init(field: String, value: Literal) {
        (self.field, self.value) = (field, value)
    }
}

/// The type as which a column is read, and the requirements on it.
public struct ColumnContract: Sendable, Hashable {
    /// The column's name, as the source reports it.
    public let name: String
    /// The field's name, or the index column's; nil is the column's own.
    public let alias: String?
    /// The type that its values are read as, of a split text its elements'; nil is any.
    public let type: ValueType?
    /// The separator of the elements of a text that is read as a list.
    public let separator: String?
    /// The texts that mean NULL in this column; nil are those of its generator.
    public let nulls: [String]?
    /// Whether NULL is an error.
    public let isNotNull: Bool
    /// The place in the job file.
    public let mark: TextMark

    /// The name under which the column becomes a field or a part of the key.
    public var targetName: String { alias ?? name }

    /// A contract of these parts.
    public init(
        name: String, as alias: String? = nil, type: ValueType?, split separator: String? = nil,
        nulls: [String]? = nil, isNotNull: Bool = false, mark: TextMark
    ) {
        (self.name, self.alias, self.type, self.separator) = (name, alias, type, separator)
        (self.nulls, self.isNotNull, self.mark) = (nulls, isNotNull, mark)
    }
}

extension [ColumnContract] {
    /// The source's name of a column that becomes the index column of that name.
    func sourceName(ofKey name: String) -> String {
        first { $0.alias == name }?.name ?? name
    }
}

/// A value written in a job file.
public enum Literal: Sendable, Hashable {
    case null
    case bool(Bool)
    case int64(Int64)
    /// A JSON number as it was written.
    case number(String)
    case string(String)
}
