import Nostos

/// One value of a row as it is written: what kind, and where its bytes lie in the text.
struct RawValue {
    /// The apparent kind of a value, before its column says its type.
    enum Kind: UInt8 {
        /// JSON's null, a member that is not there, an empty CSV field without quotes.
        case null
        /// A CSV field, without its quotes, if it has any.
        case field
        /// A JSON string, without its quotes.
        case string
        case number, `true`, `false`, array, object
    }

    var kind = Kind.null
    /// Whether the bytes hold `""` of a quoted field, or a string's `\`.
    var hasEscapes = false
    /// The range of its bytes.
    var start = 0
    var end = 0

    /// NULL.
    static let null = RawValue()

    /// The text of the value, escapes as they are written but `""` of a field in quotes; nil when
    /// it is not UTF-8.
    func text(in bytes: Span<UInt8>) -> String? {
        var copy: [UInt8] = []
        copy.append(bytes.extracting(start..<end))
        let text = String(validating: copy, as: UTF8.self)
        return kind == .field && hasEscapes
            ? text?.replacing("\"\"", with: "\"") : text
    }

    /// Whether a single value is one of these texts.
    func isOne(of texts: [[UInt8]], in bytes: Span<UInt8>) -> Bool {
        guard !texts.isEmpty, kind != .array, kind != .object else { return false }
        var copy: [UInt8] = []
        let raw = bytes.extracting(start..<end)
        if !hasEscapes {
            copy.append(raw)
        } else if kind == .field {
            copy += Array((text(in: bytes) ?? "").utf8)
        } else {
            do throws(ValueError) { try JSONString.unescape(raw, to: &copy) } catch { return false }
        }
        return texts.contains(copy)
    }

    /// The beginning of the value, for a message.
    func shown(in bytes: Span<UInt8>) -> String {
        let maxSize = 250
        var copy: [UInt8] = []
        copy.append(bytes.extracting(start..<min(end, start + maxSize)))
        let text = String(decoding: copy, as: UTF8.self)
        return kind == .field || kind == .string ? quoted(text) : text.printable(maxCount: 60)
    }
}

/// Takes rows out of text, one after another, without copying them.
protocol RowParser {
    /// The values of the last row, one for each column.
    var values: [RawValue] { get }
    /// The line on which the next row begins, from 1.
    var line: Int { get }

    /// Reads the next row and moves `position` after it.
    ///
    /// - Parameters:
    ///   - bytes: the text at hand; what ``values`` say lies in it.
    ///   - position: where the row begins, or lines without one before it, which are passed over;
    ///     otherwise unmoved unless the answer is `.row`.
    ///   - isLast: whether nothing follows the bytes at hand.
    /// - Returns: `.row` with ``values`` of the row, or another step that the bytes at hand allow.
    /// - Throws: the fault of the row; the parser cannot be used afterwards.
    mutating func next(
        in bytes: Span<UInt8>, at position: inout Int, isLast: Bool
    ) throws(RowError) -> RowStep
}

/// The next step that the bytes at hand allow.
enum RowStep {
    case row, end, needsMore
}

/// Text that is no row.
struct RowError: Error, Equatable {
    /// The line on which it is wrong, from 1.
    let line: Int
    /// The finding and the expectation.
    let reason: String
}

/// The limits of rows that are read as text.
enum RowLimits {
    /// The longest row, in bytes as it is written.
    static let maxSize = 32 << 20
    /// The most columns: a job's fields and its key.
    static let maxColumnCount = 8192
}
