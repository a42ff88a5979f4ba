import Nostos

/// Data set (c): few fields of long free text, as a package index has them.
///
/// Descriptions of 200 to 2,000 bytes come in families: each is a variation of its family's text,
/// as the packages of one project describe themselves.
struct TextRows: RowGenerator {
    static let fields = [
        Field(name: "section", type: .string),
        Field(name: "summary", type: .string),
        Field(name: "description", type: .string),
    ]
    private static let rowsPerFamily = 6

    let keys: Keys
    private var draws = Draws(seed: 0xC1)
    private var keyDraws = Draws(seed: 0xC2)
    private let familyCount: Int
    private let wordRanks = ZipfRanks(count: 3000, exponent: 0.9)
    private let vocabulary: [String]

    init(count: Int) {
        familyCount = max(1, count / Self.rowsPerFamily)
        vocabulary = Self.vocabulary()
        var names: Set<String> = []
        while names.count < count { names.insert(Self.name(vocabulary, &keyDraws)) }
        keys = Keys(strings: names.sorted())
    }

    mutating func next(into record: inout RecordBuilder) throws {
        let family = draws.below(familyCount)
        var familyDraws = Draws(seed: UInt64(family) &* 0x9E37_79B9 &+ 0xC3)
        try record.append(Self.sections[familyDraws.below(Self.sections.count)])
        let summary = sentence(wordCount: 4...9, &familyDraws)
        try record.append(summary)
        let size = 200 + familyDraws.below(1800)
        var text = summary
        while text.utf8.count < size {
            var next = sentence(wordCount: 8...20, &familyDraws)
            // One sentence in six is the row's own.
            if draws.below(6) == 0 { next = sentence(wordCount: 8...20, &draws) }
            text += draws.below(30) == 0 ? "\n" : " "
            text += next
        }
        try record.append(String(text.prefix(2000)))
    }

    mutating func appendCandidateKey(to key: inout [UInt8]) {
        key.append(contentsOf: Self.name(vocabulary, &keyDraws).utf8)
    }

    private func sentence(wordCount: ClosedRange<Int>, _ draws: inout Draws) -> String {
        let count = wordCount.lowerBound + draws.below(wordCount.count)
        var text = ""
        for index in 0..<count {
            if index > 0 { text += draws.below(12) == 0 ? ", " : " " }
            text += vocabulary[wordRanks.draw(&draws)]
        }
        return text + "."
    }

    private static func name(_ vocabulary: [String], _ draws: inout Draws) -> String {
        let stem = vocabulary[100 + draws.below(2000)]
        let branch = vocabulary[100 + draws.below(2000)]
        let ending = nameEndings[draws.below(nameEndings.count)]
        return "\(draws.below(2) == 0 ? "lib" : "")\(stem)-\(branch)\(draws.below(40))\(ending)"
    }

    /// 3,000 words of one to four syllables; the frequent ones, first, are short.
    private static func vocabulary() -> [String] {
        var draws = Draws(seed: 0xC4)
        var words: [String] = []
        var seen: Set<String> = []
        while words.count < 3000 {
            let syllableCount = 1 + min(3, words.count / 40) - draws.below(2)
            var word = ""
            for _ in 0..<max(1, syllableCount) {
                word += syllables[draws.below(syllables.count)]
            }
            if words.count < 40, draws.below(3) == 0 { word = String(word.prefix(2)) }
            if !seen.insert(word).inserted { word += String(words.count) }
            words.append(word)
        }
        return words
    }

    private static let syllables = [
        "ta", "ker", "mon", "lis", "par", "ser", "ver", "tion", "al", "con", "pro", "in", "ex",
        "dat", "fil", "net", "gra", "phic", "com", "put", "er", "sys", "tem", "lib", "rar", "y",
        "mod", "ule", "use", "ful", "pack", "age", "tool", "kit", "run", "time", "form", "at",
    ]
    private static let nameEndings = ["", "-dev", "-doc", "-dbg", "-common", "-data", "-utils"]
    private static let sections = [
        "admin", "database", "debug", "devel", "doc", "editors", "games", "gnome", "graphics",
        "interpreters", "kde", "libdevel", "libs", "localization", "math", "misc", "net", "perl",
        "python", "science", "sound", "text", "utils", "video", "web",
    ]
}
