/// The figures of one field's values; kept with the run that made the version, so that they outlive
/// the table.
///
/// `rows` and `nulls` are of the whole table. All else is of a sample of whole groups that stand
/// evenly in the table, of all records where the table is small; see ``TableReader/figures()``.
public struct FieldFigures: Sendable, Hashable {
    /// The fields of a table that have figures: the first ones.
    public static let maxFieldCount = 64
    /// The shares of values that lie at or below each of ``quantiles``.
    public static let quantileShares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    /// The number of ``bins``.
    public static let binCount = 20

    /// The number that was taken of each value.
    public enum Measure: String, Codable, Sendable, Hashable {
        /// The number itself.
        case number
        /// Microseconds since 1970.
        case time
        /// 1 for true, 0 for false: the mean is the share of true.
        case truth
        /// Characters (Unicode scalars) of a text, or bytes.
        case length
        /// Elements of a list.
        case elements
        /// Nothing: embedded JSON, and fields with values of several types.
        case none
    }

    /// The field's name.
    public var name: String
    /// The name of the field's type, such as `int64`; of the elements where it is a list.
    public var type: String
    /// Whether each value is a list.
    public var isList: Bool
    /// The number of records of the table.
    public var rows: Int
    /// The number of records in which the field is null.
    public var nulls: Int
    /// The number of distinct values, or of distinct elements of lists.
    public var distinct: Int?
    /// Whether ``distinct`` was counted, and not estimated from the sample.
    public var isDistinctExact: Bool
    /// The number that was taken of each value for all that follows.
    public var measure: Measure
    /// The number of values that it was taken of.
    public var sampled: Int
    /// The least and the largest value; nil where there is none.
    ///
    /// Of numbers and times of the whole table, so they may lie outside of what was sampled.
    public var minimum: Double?
    /// See ``minimum``.
    public var maximum: Double?
    /// The mean of the sampled values.
    public var mean: Double?
    /// One for each of ``quantileShares``; empty where no value was sampled.
    public var quantiles: [Double]
    /// The number of sampled values in each of ``binCount`` bins of one width.
    ///
    /// From ``binStart`` to ``binEnd``, ascending; all are in the first where both are the same.
    /// Empty where no value was sampled.
    public var bins: [Int]
    /// The beginning of the first bin: the least sampled value, or the first of the quantiles where
    /// there is a long tail.
    public var binStart: Double?
    /// The end of the last bin: the largest sampled value, or the last of the quantiles.
    public var binEnd: Double?
    /// The number of sampled values before ``binStart``.
    public var below: Int
    /// The number of sampled values behind ``binEnd``.
    public var above: Int

    /// The share of records in which the field is null, 0 to 1; 0 of no records.
    public var nullShare: Double { rows > 0 ? Double(nulls) / Double(rows) : 0 }
}

extension FieldFigures: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, type, rows, nulls, distinct, measure, sampled, mean, quantiles, bins
        case below, above
        case isList = "list"
        case isDistinctExact = "distinct_is_exact"
        case minimum = "min"
        case maximum = "max"
        case binStart = "bin_start"
        case binEnd = "bin_end"
    }
}
