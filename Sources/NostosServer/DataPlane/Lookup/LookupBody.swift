import Nostos

/// One lookup of a request's content: `{"keys":[…],"fields":[…],"version":…}`; in a request for
/// several jobs with `"job":…`.
///
/// It holds the ranges of keys and fields, because keys can only be read once their version is
/// known. The whole content is checked to be JSON of this shape.
struct LookupBody {
    static let maxKeyCount = 1000
    /// The most lookups that one request for several jobs may have.
    static let maxLookupCount = 100

    /// The offset of the first key, or of the closing bracket.
    private(set) var keysStart = 0
    private(set) var keyCount = 0
    /// The array of field names, brackets included; nil for all fields.
    private(set) var fields: Range<Int>?
    private(set) var version = VersionReference.current
    /// The caller's own text for it.
    private(set) var versionText: [UInt8] = []
    /// The job's name, without an `@12` after it.
    private(set) var job: [UInt8] = []

    private var members: Member = []
    private var text: [UInt8] = []

    /// The members that a lookup may have, each once.
    private struct Member: OptionSet {
        let rawValue: UInt8
        static let keys = Member(rawValue: 1)
        static let fields = Member(rawValue: 2)
        static let version = Member(rawValue: 4)
        static let job = Member(rawValue: 8)

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init?(_ name: Span<UInt8>) {
            let whole = 0..<name.count
            if name.equals("keys", in: whole) {
                self = .keys
            } else if name.equals("fields", in: whole) {
                self = .fields
            } else if name.equals("version", in: whole) {
                self = .version
            } else if name.equals("job", in: whole) {
                self = .job
            } else {
                return nil
            }
        }
    }

    /// The one lookup that is the whole content.
    init(parsing bytes: Span<UInt8>) throws(Problem) {
        try Self.checkUTF8(bytes)
        var reader = JSONReader(bytes)
        try self.init(&reader, namesJob: false, keyLimit: Self.maxKeyCount)
        try Self.end(&reader)
    }

    /// Reads a lookup, which names its job or must not.
    private init(
        _ reader: inout JSONReader, namesJob: Bool, keyLimit: Int
    ) throws(Problem) {
        try reader.expect(UInt8(ascii: "{"), "Expected an object with keys.")
        if !reader.take(UInt8(ascii: "}")) {
            repeat {
                try readMember(&reader, namesJob: namesJob, keyLimit)
            } while reader.take(UInt8(ascii: ","))
            try reader.expect(UInt8(ascii: "}"), "Expected a comma or the end of the object.")
        }
        guard members.contains(.keys) else {
            throw Problem(.badRequest, "The lookup has no keys.", name: "keys")
        }
        guard !namesJob || members.contains(.job) else {
            throw Problem(.badRequest, "The lookup names no job.", name: "job")
        }
        if namesJob { try splitJob() }
    }

    private mutating func readMember(
        _ reader: inout JSONReader, namesJob: Bool, _ keyLimit: Int
    ) throws(Problem) {
        try reader.string(into: &text)
        guard let member = Member(text.span), namesJob || member != .job else {
            throw Problem(
                .badRequest,
                namesJob
                    ? "A lookup may have job, keys, fields and version."
                    : "The content may have keys, fields and version.", name: text.span)
        }
        guard !members.contains(member) else {
            throw Problem(.badRequest, "The content has a member twice.", name: text.span)
        }
        members.insert(member)
        try reader.expect(UInt8(ascii: ":"), "Expected a colon.")
        switch member {
        case .keys: try readKeys(&reader, keyLimit)
        case .fields: if !reader.takeNull() { try readFields(&reader) }
        case .job: try reader.string(into: &job)
        default: if !reader.takeNull() { try readVersion(&reader) }
        }
    }

    private mutating func readKeys(
        _ reader: inout JSONReader, _ keyLimit: Int
    ) throws(Problem) {
        try reader.expect(UInt8(ascii: "["), "Expected an array of keys.")
        keysStart = reader.position
        guard !reader.take(UInt8(ascii: "]")) else { return }
        repeat {
            keyCount += 1
            guard keyCount <= keyLimit else {
                throw Problem(.tooManyKeys, "A request has at most 1000 keys.")
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
            let number = reader.input.extracting(try reader.number())
            if !IntegralNumber.canonicalize(number, into: &text) {
                text.removeAll(keepingCapacity: true)
                text.append(number)
            }
        }
        try take(version: text)
    }

    private mutating func take(version text: [UInt8]) throws(Problem) {
        version = try VersionReference(asked: text.span)
        versionText = text
    }

    /// Splits a version, as in `course@37`, from the job's name.
    private mutating func splitJob() throws(Problem) {
        guard let at = job.firstIndex(of: UInt8(ascii: "@")) else { return }
        guard !members.contains(.version) else {
            throw Problem(.badRequest, "The lookup names its version twice.", name: job.span)
        }
        try take(version: Array(job[(at + 1)...]))
        job.removeSubrange(at...)
    }

    /// Reads over one part of a key.
    private mutating func skipScalar(_ reader: inout JSONReader) throws(Problem) {
        switch reader.peek() {
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            _ = try reader.number()
        case UInt8(ascii: "\""):
            try reader.string(into: &text)
        default:
            throw reader.fault(
                "A key is a number, a string, or an array of numbers and strings.", kind: .badKey)
        }
    }

    private func endArray(_ reader: inout JSONReader) throws(Problem) {
        try reader.expect(UInt8(ascii: "]"), "Expected a comma or the end of the array.")
    }
}

extension LookupBody {
    /// Reads the lookups of a content such as `{"requests":[{"job":"a","keys":[1]}]}`.
    static func requests(parsing bytes: Span<UInt8>) throws(Problem) -> [LookupBody] {
        try checkUTF8(bytes)
        var reader = JSONReader(bytes)
        var name: [UInt8] = []
        var lookups: [LookupBody] = []
        try reader.expect(UInt8(ascii: "{"), "Expected an object with requests.")
        try reader.string(into: &name)
        guard name.span.equals("requests", in: 0..<name.count) else {
            throw Problem(.badRequest, "The content may have requests.", name: name.span)
        }
        try reader.expect(UInt8(ascii: ":"), "Expected a colon.")
        try reader.expect(UInt8(ascii: "["), "Expected an array of lookups.")
        if !reader.take(UInt8(ascii: "]")) {
            var keysLeft = maxKeyCount
            repeat {
                guard lookups.count < maxLookupCount else {
                    throw Problem(.tooManyKeys, "A request has at most 100 lookups.")
                }
                let lookup = try LookupBody(&reader, namesJob: true, keyLimit: keysLeft)
                keysLeft -= lookup.keyCount
                lookups.append(lookup)
            } while reader.take(UInt8(ascii: ","))
            try reader.expect(UInt8(ascii: "]"), "Expected a comma or the end of the array.")
        }
        try reader.expect(UInt8(ascii: "}"), "Expected the end of the object.")
        try end(&reader)
        return lookups
    }

    private static func checkUTF8(_ bytes: Span<UInt8>) throws(Problem) {
        do { _ = try UTF8Span(validating: bytes) } catch {
            var problem = Problem(.badRequest, "The content is not UTF-8.")
            problem.offset = error.byteOffsets.lowerBound
            throw problem
        }
    }

    private static func end(_ reader: inout JSONReader) throws(Problem) {
        guard reader.peek() == nil else {
            throw reader.fault("Expected nothing behind the object.")
        }
    }
}
