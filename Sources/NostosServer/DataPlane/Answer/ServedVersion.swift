import Nostos

/// One thread's view of a version: the lines of its answers' heads, and recent field choices.
final class ServedVersion {
    /// The number of field choices that are kept, and the longest text that they may come from.
    static let maxChoiceCount = 64
    static let maxChoiceSize = 1 << 10

    /// The forms of answers that have entity tags.
    ///
    /// A tag is compared for one URL only, so that all URLs of a version share it, but two forms at
    /// one URL must not.
    enum Tag {
        case record, page, lines
    }

    let number: Int
    let table: TableReader
    /// Keys that were asked for since they were last added to the counts.
    var lookups = RequestCounts.Lookups()
    /// Seconds since 1970.
    let publishedAt: Int64
    /// The table's digest as its value.
    let digest: UInt64
    /// The lines up to the age: `Nostos-Version`, `Nostos-Published`, and the name `Nostos-Age`.
    let head: [UInt8]
    /// The member of answers `,"version":12`, and the same followed by the name of the next member.
    let member: [UInt8]
    let memberBeforeValues: [UInt8]

    private let entityTag: [UInt8]
    private let linesTag: [UInt8]
    /// The open version, which keeps its file from deletion while it is served.
    private let open: OpenVersion
    private var choices: [(source: [UInt8], choice: FieldChoice)] = []
    /// The last query for a record that had only `fields`, and its choice.
    private var lastQuery: [UInt8] = []
    private var lastChoice: FieldChoice?
    /// The heads of found records, up to the content's size, of the second `headSeconds`.
    private var checkedHead: [UInt8] = []
    private var immutableHead: [UInt8] = []
    private var headSeconds = Int64.min

    init(_ version: OpenVersion) {
        open = version
        number = version.number
        table = version.table
        publishedAt = version.publishedAt / 1_000_000
        let published = Timestamp.text(publishedAt * 1_000_000)
        head = Array(
            """
            Nostos-Version: \(number)\r
            Nostos-Published: \(published)\r
            Nostos-Age: \("")
            """.utf8)
        hasInt64Key = table.info.schema.key.isInt64
        digest = UInt64(table.info.digest, radix: 16) ?? 0
        // The digest too: a store made anew has its own version 1.
        entityTag = Array("\"\(number)-\(table.info.digest)\"".utf8)
        linesTag = Array("\"\(number)-\(table.info.digest)-lines\"".utf8)
        member = Array(",\"version\":\(number)".utf8)
        memberBeforeValues = member + Array(",\"values\":".utf8)
    }

    /// The entity tag in quotes; each coding has its own (RFC 9110 §8.8.3.3).
    func text(of tag: Tag, _ coding: ContentCoding? = nil) -> [UInt8] {
        let text = tag == .lines ? linesTag : entityTag
        guard let coding else { return text }
        return text.dropLast() + Array("-\(coding.name)\"".utf8)
    }

    /// Appends members such as `,"published":"2026-01-02T03:04:05Z","age":90`; `seconds` since
    /// 1970.
    func appendAge(at seconds: Int64, to output: inout [UInt8]) {
        output.append(ascii: ",\"published\":\"")
        output.append(contentsOf: Timestamp.text(publishedAt * 1_000_000).utf8)
        output.append(ascii: "\",\"age\":")
        JSONText.append(int64: max(0, seconds - publishedAt), to: &output)
    }

    /// Appends the head of a record that is there, up to the content's size; `make` appends one if
    /// there is none of this second.
    @inline(__always)
    func appendUsualHead(
        _ caching: AnswerHead.Caching, _ time: AnswerTime, to output: inout [UInt8],
        _ make: (inout [UInt8]) -> Void
    ) {
        if headSeconds != time.seconds {
            headSeconds = time.seconds
            checkedHead = []
            immutableHead = []
        }
        switch caching {
        case .immutable:
            if immutableHead.isEmpty { make(&immutableHead) }
            output.append(contentsOf: immutableHead)
        default:
            if checkedHead.isEmpty { make(&checkedHead) }
            output.append(contentsOf: checkedHead)
        }
    }

    /// The choice of the last noted query, if it is this one.
    @inline(__always)
    func choice(ofQuery query: Span<UInt8>) -> FieldChoice? {
        let known = lastQuery
        return known.span.elementsEqual(query) ? lastChoice : nil
    }

    /// Notes that a query asks for these fields and nothing else.
    func note(_ choice: FieldChoice, ofQuery query: Span<UInt8>) {
        guard query.count <= Self.maxChoiceSize else { return }
        lastQuery.removeAll(keepingCapacity: true)
        lastQuery.append(query)
        lastChoice = choice
    }

    /// The cached choice of `source`, if there is one.
    @inline(__always)
    func knownChoice(of source: Span<UInt8>) -> FieldChoice? {
        for (known, choice) in choices where known.span.elementsEqual(source) { return choice }
        return nil
    }

    /// The choice of these names, which is cached as that of `source`.
    func choice(
        of names: [String]?, in job: ServedJob, from source: Span<UInt8>
    ) throws(Problem) -> FieldChoice {
        let choice = try FieldChoice(names: names, version: self, job: job)
        if source.count <= Self.maxChoiceSize {
            if choices.count == Self.maxChoiceCount { choices.removeAll(keepingCapacity: true) }
            var copy: [UInt8] = []
            copy.append(source)
            choices.append((copy, choice))
        }
        return choice
    }

    /// Whether a key is one integer.
    let hasInt64Key: Bool

    /// Whether a list of tags names this version, by weak comparison or by the strong one
    /// (RFC 9110 §8.8.3.2).
    func matches(
        _ field: Span<UInt8>, _ tag: Tag, _ coding: ContentCoding? = nil, isStrong: Bool = false
    ) -> Bool {
        let known = text(of: tag, coding)
        var start = 0
        while start < field.count {
            let end = field.end(at: UInt8(ascii: ","), in: start..<field.count)
            let tag = field.trimmed(start..<end)
            let isWeak = field.starts(with: "W/", at: tag.lowerBound)
            if isWeak, isStrong {
                start = end + 1
                continue
            }
            let opaque = field.extracting(tag.lowerBound + (isWeak ? 2 : 0)..<tag.upperBound)
            if known.span.elementsEqual(opaque) { return true }
            start = end + 1
        }
        return false
    }
}
