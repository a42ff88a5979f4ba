/// The name of a version in URLs, in requests and on the command line: its number, `current`,
/// `previous` or `candidate`.
///
/// Every plane and verb reads it by this one parser.
public enum VersionReference: Sendable, Hashable {
    /// The version of that number.
    case number(Int)
    /// The version that is served, the newest good one before it, and the newest that waits.
    case current, previous, candidate

    /// The reference of a text: a word, or a number from 1 to 18 digits without a sign and without
    /// leading zeros; nil for others.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(utf8: bytes.span)
    }

    /// The reference of a text's UTF-8.
    ///
    /// Nothing is allocated.
    public init?(utf8 text: Span<UInt8>) {
        if let number = Int(plainDecimal: text) {
            self = .number(number)
        } else if Self.isWord(text, "current") {
            self = .current
        } else if Self.isWord(text, "previous") {
            self = .previous
        } else if Self.isWord(text, "candidate") {
            self = .candidate
        } else {
            return nil
        }
    }

    private static func isWord(_ text: Span<UInt8>, _ word: String) -> Bool {
        guard text.count == word.utf8.count else { return false }
        var index = 0
        for byte in word.utf8 {
            guard text[index] == byte else { return false }
            index += 1
        }
        return true
    }

    /// Whether it names one version for ever, so that an answer about it never changes.
    public var isFixed: Bool {
        if case .number = self { true } else { false }
    }
}

extension VersionReference: CustomStringConvertible {
    /// The text that ``init(_:)`` reads.
    public var description: String {
        switch self {
        case .number(let number): String(number)
        case .current: "current"
        case .previous: "previous"
        case .candidate: "candidate"
        }
    }
}

extension Int {
    /// The number of one to eighteen decimal digits, the first of them not 0, or nil.
    init?(plainDecimal digits: Span<UInt8>) {
        guard (1...18).contains(digits.count), digits[0] != UInt8(ascii: "0") else { return nil }
        var value = 0
        for index in digits.indices {
            let digit = digits[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        self = value
    }
}

extension JobState {
    /// The version that the reference means; nil when the job has none, or has forgotten it.
    public subscript(reference: VersionReference) -> VersionRecord? {
        switch reference {
        case .number(let number): self[number]
        case .current: current
        case .previous: previous.first
        case .candidate: candidate
        }
    }

    /// The version that a caller's text means.
    ///
    /// - Throws: ``CatalogError/badVersion(job:text:)`` where the text is no ``VersionReference``;
    ///   ``CatalogError/goneVersion(job:version:)``, ``CatalogError/unknownVersion(job:version:)``
    ///   or ``CatalogError/noVersion(job:_:)`` where the job has no such version.
    public func version(named text: String) throws(CatalogError) -> VersionRecord {
        guard let reference = VersionReference(text) else {
            throw .badVersion(job: name, text: text)
        }
        if let found = self[reference] { return found }
        guard case .number(let number) = reference else {
            throw .noVersion(job: name, reference)
        }
        throw wasUsed(number)
            ? .goneVersion(job: name, version: number) : .unknownVersion(job: name, version: number)
    }
}
