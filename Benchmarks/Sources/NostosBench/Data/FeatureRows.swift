import Glibc
import Nostos

/// Data sets (a) and (b): what a ranking service knows of its users.
///
/// Eight fields: country, languages, three decimals, a count, a set of 0 to 20 of 5,000 course
/// slugs by Zipf's law, a time in seconds; about 320 bytes of JSON a row.
struct FeatureRows: RowGenerator {
    static let fields = [
        Field(name: "country", type: .string),
        Field(name: "langs", type: .string, isList: true),
        Field(name: "score", type: .number),
        Field(name: "affinity", type: .number),
        Field(name: "ctr", type: .number),
        Field(name: "sessions", type: .int64),
        Field(name: "courses", type: .string, isList: true),
        Field(name: "last_active", type: .timestamp),
    ]

    let keys: Keys
    private let hasStringKeys: Bool
    private var draws = Draws(seed: 0xA1)
    private var keyDraws = Draws(seed: 0xA2)
    private let slugs: [String]
    private let courseRanks = ZipfRanks(count: 5000, exponent: 1)
    private let countryRanks = ZipfRanks(count: Self.countries.count, exponent: 1)
    private let languageRanks = ZipfRanks(count: Self.languages.count, exponent: 1.2)

    init(count: Int, hasStringKeys: Bool) {
        self.hasStringKeys = hasStringKeys
        var vocabularyDraws = Draws(seed: 0xA3)
        slugs = Self.slugs(&vocabularyDraws)
        if hasStringKeys {
            keys = Keys(
                strings: Self.userKeys(count: count, slugs, courseRanks, &keyDraws))
        } else {
            let integers = Keys.distinctIntegers(count: count, bits: 40, &keyDraws)
            keys = Keys(integers: integers, schema: Self.integerKey)
        }
    }

    mutating func next(into record: inout RecordBuilder) throws {
        let country = countryRanks.draw(&draws)
        try record.append(Self.countries[country])
        try appendLanguages(country: country, to: &record)
        try record.append(1 / (1 + exp(-draws.normal() * 1.3)), decimals: 6)
        try record.append(exp(draws.normal() * 0.9 + 1.5), decimals: 4)
        try record.append(min(0.99999, draws.exponential() * 0.04), decimals: 5)
        record.append(Int64(exp(draws.normal() * 1.4 + 3.5)))
        try appendCourses(to: &record)
        // From 2022-01-01 on, 900 days.
        try record.append(secondsSince1970: 1_640_995_200 + draws.below(86_400 * 900))
    }

    mutating func appendCandidateKey(to key: inout [UInt8]) {
        guard hasStringKeys else {
            return Self.integerKey.append(int64: Int64(keyDraws.bits() >> 24), to: &key)
        }
        let slug = Self.cut(slugs[courseRanks.draw(&keyDraws)])
        if keyDraws.isChosen(percent: 50) {
            // A user that is there, most likely with another course.
            keys.withKey(keyDraws.below(keys.count)) { key.append(contentsOf: $0.prefix(18)) }
            key.append(contentsOf: slug.utf8)
        } else {
            let user = Self.padded(keyDraws.below(1_000_000_000_000))
            key.append(contentsOf: "user:\(user)~\(slug)".utf8)
        }
    }

    private mutating func appendLanguages(country: Int, to record: inout RecordBuilder) throws {
        let more = (draws.isChosen(percent: 35) ? 1 : 0) + (draws.isChosen(percent: 8) ? 1 : 0)
        var chosen: [String] = []
        for index in 0...more {
            let isNative = index == 0 && draws.isChosen(percent: 60)
            let rank =
                isNative ? country % Self.languages.count : languageRanks.draw(&draws)
            if !chosen.contains(Self.languages[rank]) { chosen.append(Self.languages[rank]) }
        }
        try record.append(chosen)
    }

    private mutating func appendCourses(to record: inout RecordBuilder) throws {
        var count = draws.below(21)
        if draws.isChosen(percent: 45) { count = draws.below(count + 1) }
        var ranks: [Int] = []
        for _ in 0..<60 where ranks.count < count {
            let rank = courseRanks.draw(&draws)
            if !ranks.contains(rank) { ranks.append(rank) }
        }
        try record.append(ranks.map { slugs[$0] })
    }

    // MARK: - Keys

    private static let integerKey = KeySchema(columns: [KeyColumn(name: "id", type: .int64)])

    /// `user:` and 12 digits, `~` and a course: one to six rows a user.
    private static func userKeys(
        count: Int, _ slugs: [String], _ ranks: ZipfRanks, _ draws: inout Draws
    ) -> [String] {
        var users: Set<Int> = []
        var keys: [String] = []
        keys.reserveCapacity(count)
        while keys.count < count {
            let user = draws.below(1_000_000_000_000)
            guard users.insert(user).inserted else { continue }
            var courses: Set<String> = []
            for _ in 0...min(5, Int(draws.exponential() * 2)) where keys.count < count {
                let slug = cut(slugs[ranks.draw(&draws)])
                guard courses.insert(slug).inserted else { continue }
                keys.append("user:\(padded(user))~\(slug)")
            }
        }
        // ASCII only: Swift's order of strings is the order of their bytes.
        keys.sort()
        return keys
    }

    private static func cut(_ slug: String) -> String { String(slug.prefix(22)) }

    private static func padded(_ user: Int) -> String {
        let digits = String(user)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    // MARK: - Vocabularies

    /// 5,000 distinct slugs such as `practical-statistics-lab`.
    private static func slugs(_ draws: inout Draws) -> [String] {
        var slugs: [String] = []
        var seen: Set<String> = []
        while slugs.count < 5000 {
            var slug = topics[draws.below(topics.count)]
            if draws.isChosen(percent: 70) {
                slug = "\(kinds[draws.below(kinds.count)])-\(slug)"
            }
            slug += endings[draws.below(endings.count)]
            if seen.contains(slug) {
                if draws.isChosen(percent: 75) { continue }
                slug += "-\(draws.below(400))"
            }
            if seen.insert(slug).inserted { slugs.append(slug) }
        }
        return slugs
    }

    private static let kinds = words(
        "first advanced everyday practical modern simple guided complete hands-on principles "
            + "deep visual public worldwide digital artistic")
    private static let topics = words(
        "python machine-learning probability finance marketing zoology geology writing graphics "
            + "algorithms databases networks calculus optics history philosophy genetics "
            + "leadership accounting security cloud robotics music nutrition english french "
            + "economics justice psychology javascript")
    private static let endings =
        [""] + words("-101 -2 -lab -project -capstone -for-all -ii -iii -basics -bootcamp")

    private static let countries = words(
        "US IN BR GB DE CN MX CA FR ES NG RU ID JP AU EG CO IT PK TR NL PH UA VN ZA KR PL AR SA "
            + "MY SG SE CH BD KE PE TH CL PT RO GR HK TW BE IL AE DK NO FI IE NZ CZ HU AT MA GH "
            + "LK NP EC VE")
    private static let languages = words(
        "en es pt de zh fr ru id ja ar it tr nl uk vi ko pl hi sv bn th ro el he da no fi cs hu "
            + "ms")

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }
}
