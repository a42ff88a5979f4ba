import Nostos

/// A version as one thread serves it: the lines of its answers' heads, and recent field choices.
final class ServedVersion {
    /// How many field choices are kept, and how long a text they may come from.
    static let maxChoiceCount = 64
    static let maxChoiceSize = 1 << 10

    let number: Int
    let table: TableReader
    /// Seconds since 1970.
    let publishedAt: Int64
    /// The lines up to the age: `Nostos-Version`, `Nostos-Published`, and the name `Nostos-Age`.
    let head: [UInt8]
    /// The ETag, in quotes: equal for all URLs of the version, as it is compared for one URL only.
    let entityTag: [UInt8]
    /// The member of answers: `,"version":12`.
    let member: [UInt8]

    private var choices: [(source: [UInt8], choice: FieldChoice)] = []

    init(_ version: OpenVersion) {
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
        // The digest too: a store made anew has its own version 1.
        entityTag = Array("\"\(number)-\(table.info.digest)\"".utf8)
        member = Array(",\"version\":\(number)".utf8)
    }

    /// The choice that `source` asks for; `make` reads the names out of it when it is a new one.
    func choice(
        of source: Span<UInt8>, in job: ServedJob,
        _ names: (Span<UInt8>) throws(Problem) -> [String]?
    ) throws(Problem) -> FieldChoice {
        for (known, choice) in choices where known.span.elementsEqual(source) { return choice }
        let choice = try FieldChoice(names: names(source), version: self, job: job)
        if source.count <= Self.maxChoiceSize {
            if choices.count == Self.maxChoiceCount { choices.removeAll(keepingCapacity: true) }
            var copy: [UInt8] = []
            copy.append(source)
            choices.append((copy, choice))
        }
        return choice
    }

    /// Whether an `If-None-Match` names this version (RFC 9110 §13.1.2, weak comparison).
    ///
    /// `*` never matches: whether the key exists is not known before the table is read.
    func matches(_ field: Span<UInt8>) -> Bool {
        let entityTag = entityTag
        var start = 0
        while start < field.count {
            let end = field.end(at: UInt8(ascii: ","), in: start..<field.count)
            let tag = field.trimmed(start..<end)
            let isWeak = field.starts(with: "W/", at: tag.lowerBound)
            let opaque = field.extracting(tag.lowerBound + (isWeak ? 2 : 0)..<tag.upperBound)
            if entityTag.span.elementsEqual(opaque) { return true }
            start = end + 1
        }
        return false
    }
}
