public import Nostos

/// One check as the job file states it.
///
/// Percentages are in percent: 5% is 5.
public struct CheckSpec: Sendable {
    /// The most keys or values that a check may list.
    public static let maxValues = 1000
    /// The largest sample of `column_check`.
    public static let maxSampleSize = 1_000_000

    /// The consequence of a failed check.
    public typealias Severity = CheckResult.Severity

    /// The kind of check.
    public enum Kind: Sendable {
        /// A least number of keys, and a limit to the change since the current version.
        case rowCount(min: Int?, maxChange: Double?)
        /// At most this share of the keys lack the field.
        case missing(field: String, max: Double)
        /// At most this share of the current version's keys were added, removed or changed.
        case changed(max: Double)
        /// The consequences of a field that is gone or has another type.
        case schema(removed: Severity, typeChanged: Severity)
        /// The keys must be there; each has one part per key column.
        case mustExist(keys: [[Literal]])
        /// The field's values lie between these numbers.
        case range(field: String, min: Literal?, max: Literal?)
        /// The field has only these values.
        case inSet(field: String, values: [Literal])
        /// No key is null or comes twice: Dataduct's primary-key-check.
        case primaryKey
        /// The number that the query returns is the number of keys, within `tolerance` percent.
        case countCheck(CheckQuery, tolerance: Double)
        /// Sampled keys have the values that the query returns, but for `tolerance` percent.
        case columnCheck(CheckQuery, sampleSize: Int, tolerance: Double)
    }

    /// The name in the job file: `row_count`.
    public let name: String
    /// The kind of check.
    public let kind: Kind
    /// The consequence of its failure.
    public let severity: Severity
    /// The place in the job file.
    public let mark: TextMark
}

/// The query of a check, and what is made of its rows.
public struct CheckQuery: Sendable {
    /// The query.
    public let sql: SQLText
    /// The connection that it names itself; nil is the job's.
    public var connection: String?
    /// Whether the check uses the number of its rows, as in Dataduct's count-check; else the one
    /// number that it returns.
    public var countsRows = false
    /// The names of its columns in place of those that the source reports, from left to right; as
    /// far as they are known.
    public var columnNames: [String?] = []
    /// Whether values are compared as texts, NULL as the empty one, as Dataduct's column-check
    /// does; else by type and value.
    public var comparesTexts = false

    init(_ sql: SQLText, connection: String? = nil) {
        self.sql = sql
        self.connection = connection
    }
}
