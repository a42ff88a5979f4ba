import Nostos

/// The content of a lookup: `{"keys":[…],"fields":[…],"version":…}`.
///
/// Holds where the keys and fields lie: keys can only be read once it is known of which version
/// they are keys. All of the content is checked to be JSON, and of this shape.
struct LookupBody {
    static let maxKeyCount = 1000

    /// Where the first key is, or the closing bracket.
    private(set) var keysStart = 0
    private(set) var keyCount = 0
    /// The array of field names, brackets included; nil for all fields.
    private(set) var fields: Range<Int>?
    private(set) var version = VersionSelector.current
    /// What the caller wrote for it.
    private(set) var versionText: [UInt8] = []

    private var members: Member = []
    private var text: [UInt8] = []

    /// The members that the content may have, each once.
    private struct Member: OptionSet {
        let rawValue: UInt8
        static let keys = Member(rawValue: 1)
        static let fields = Member(rawValue: 2)
        static let version = Member(rawValue: 4)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init?(_ name: Span<UInt8>) {
            let whole = 0..<name.count
            if name.equals("keys", in: whole) {
                self = .keys
            } else if name.equals("fields", in: whole) {
                self = .fields
            } else if name.equals("version", in: whole) {
                self = .version
            } else {
                return nil
            }
        }
    }

    init(parsing bytes: Span<UInt8>) throws(Problem) {
        do { _ = try UTF8Span(validating: bytes) } catch {
            var problem = Problem(.badRequest, "The content is not UTF-8.")
            problem.offset = error.byteOffsets.lowerBound
            throw problem
        }
        var reader = JSONReader(bytes)
        try reader.expect(UInt8(ascii: "{"), "Expected an object with keys.")
        if !reader.take(UInt8(ascii: "}")) {
            repeat {
                try readMember(&reader)
            } while reader.take(UInt8(ascii: ","))
            try reader.expect(UInt8(ascii: "}"), "Expected a comma or the end of the object.")
        }
        guard reader.peek() == nil else {
            throw reader.fault("Expected nothing behind the object.")
        }
        guard members.contains(.keys) else {
            throw Problem(.badRequest, "The content has no keys.", name: "keys")
        }
    }

    private mutating func readMember(_ reader: inout JSONReader) throws(Problem) {
        try reader.string(into: &text)
        guard let member = Member(text.span) else {
            throw Problem(
                .badRequest, "The content may have keys, fields and version.", name: text.span)
        }
        guard !members.contains(member) else {
            throw Problem(.badRequest, "The content has a member twice.", name: text.span)
        }
        members.insert(member)
        try reader.expect(UInt8(ascii: ":"), "Expected a colon.")
        switch member {
        case .keys: try readKeys(&reader)
        case .fields: try readFields(&reader)
        default: try readVersion(&reader)
        }
    }

    private mutating func readKeys(_ reader: inout JSONReader) throws(Problem) {
        try reader.expect(UInt8(ascii: "["), "Expected an array of keys.")
        keysStart = reader.position
        guard !reader.take(UInt8(ascii: "]")) else { return }
        repeat {
            keyCount += 1
            guard keyCount <= Self.maxKeyCount else {
                throw Problem(.tooManyKeys, "A lookup has at most 1000 keys.")
            }
            guard reader.take(UInt8(ascii: "[")) else {
                try skipScalar(&reader)
                continue
            }
            if reader.take(UInt8(ascii: "]")) { continue }
            repeat { try skipScalar(&reader) } while reader.take(UInt8(ascii: ","))
            try endArray(&reader)
        } while reader.take(UInt8(ascii: ","))
        try endArray(&reader)
    }

    private mutating func readFields(_ reader: inout JSONReader) throws(Problem) {
        try reader.expect(UInt8(ascii: "["), "Expected an array of field names.")
        let start = reader.position - 1
        if !reader.take(UInt8(ascii: "]")) {
            repeat {
                try reader.string(into: &text)
            } while reader.take(UInt8(ascii: ","))
            try endArray(&reader)
        }
        fields = start..<reader.position
    }

    private mutating func readVersion(_ reader: inout JSONReader) throws(Problem) {
        let isText = reader.peek() == UInt8(ascii: "\"")
        if isText {
            try reader.string(into: &text)
        } else {
            let range = try reader.number()
            text.removeAll(keepingCapacity: true)
            text.append(reader.input.extracting(range))
        }
        guard let selector = VersionSelector(text.span) else {
            throw Problem(
                .versionNotFound, "A version is a number, current, previous or candidate.",
                name: text.span)
        }
        version = selector
        versionText = text
    }

    /// Reads over one part of a key.
    private mutating func skipScalar(_ reader: inout JSONReader) throws(Problem) {
        switch reader.peek() {
        case UInt8(ascii: "\""):
            try reader.string(into: &text)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            _ = try reader.number()
        default:
            throw reader.fault(
                "A key is a number, a string, or an array of numbers and strings.", kind: .badKey)
        }
    }

    private func endArray(_ reader: inout JSONReader) throws(Problem) {
        try reader.expect(UInt8(ascii: "]"), "Expected a comma or the end of the array.")
    }
}
