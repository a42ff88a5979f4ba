import Nostos

/// The values of one key in one field of an aggregate, while they arrive in the order of the rows.
///
/// Reused from key to key: ``finish(to:)`` starts anew.
protocol FieldCollector: AnyObject {
    /// Adds one encoded value of a kind that the field's ``ColumnRule`` allows, or NULL.
    func add(_ value: Span<UInt8>) throws(CollectorProblem)

    /// Appends the key's value in encoded form.
    func finish(to output: inout [UInt8]) throws(CollectorProblem)
}

/// The reason for which a key's rows have no value.
enum CollectorProblem: Error, Equatable {
    /// A set or list above that many bytes.
    case tooLarge(limit: Int)
    /// A sum of integers that does not fit an int64, or of doubles that is infinite.
    case overflow(sum: String)
}

extension GeneratorSpec.Aggregate {
    /// A collector of a field, or nil where a row is taken as it is and for sets, see
    /// ``SetCollector``: `limit` elements and `maxSize` bytes are the most that a list may have,
    /// and `isInteger` says that a sum must be an int64 where all its values are.
    func makeCollector(limit: Int?, isInteger: Bool, maxSize: Int) -> (any FieldCollector)? {
        switch self {
        case .list: ListCollector(maxSize: maxSize, limit: limit)
        case .count: CountCollector()
        case .sum: SumCollector(isInteger: isInteger)
        case .mean: SumCollector(isInteger: false, isMean: true)
        case .min: ExtremeCollector(isMaximum: false)
        case .max: ExtremeCollector(isMaximum: true)
        case .first, .last, .set: nil
        }
    }
}

/// All values in the order of the rows, NULLs too: so the lists of one generator have the same
/// length, and the elements at one place come from one row.
final class ListCollector: FieldCollector {
    private let maxSize: Int
    private let limit: Int
    private var bytes: [UInt8] = []
    private var count = 0

    /// A collector of lists of up to `limit` values; later ones are dropped.
    init(maxSize: Int, limit: Int?) {
        self.maxSize = maxSize
        self.limit = limit ?? .max
    }

    func add(_ value: Span<UInt8>) throws(CollectorProblem) {
        guard count < limit else { return }
        guard bytes.count + value.count <= maxSize else { throw .tooLarge(limit: maxSize) }
        bytes.append(value)
        count += 1
    }

    func finish(to output: inout [UInt8]) {
        output.append(EncodedValue.Tag.list.rawValue)
        output.append(varint: UInt64(bytes.count))
        output.append(bytes.span)
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }
}

/// A collector that counts the values that are not NULL.
final class CountCollector: FieldCollector {
    private var count: Int64 = 0

    func add(_ value: Span<UInt8>) {
        if value[0] != EncodedValue.Tag.null.rawValue { count += 1 }
    }

    func finish(to output: inout [UInt8]) {
        EncodedValue.append(int64: count, to: &output)
        count = 0
    }
}

/// The least or the largest value in the order of `EncodedValue.precedes`, NULLs aside; null where
/// all are NULL.
final class ExtremeCollector: FieldCollector {
    private let isMaximum: Bool
    private var best: [UInt8] = []

    init(isMaximum: Bool) { self.isMaximum = isMaximum }

    func add(_ value: Span<UInt8>) {
        guard value[0] != EncodedValue.Tag.null.rawValue else { return }
        if !best.isEmpty {
            let isBetter =
                isMaximum
                ? EncodedValue.precedes(best.span, value) : EncodedValue.precedes(value, best.span)
            guard isBetter else { return }
            best.removeAll(keepingCapacity: true)
        }
        best.append(value)
    }

    func finish(to output: inout [UInt8]) {
        if best.isEmpty { EncodedValue.appendNull(to: &output) } else { output += best }
        best.removeAll(keepingCapacity: true)
    }
}
