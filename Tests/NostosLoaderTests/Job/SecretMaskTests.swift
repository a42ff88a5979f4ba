import NostosLoader
import TestSupport
import Testing

@Suite struct SecretMaskTests {
    @Test func everyOccurrenceIsReplaced() {
        let mask = SecretMask(["hunter2", "s3cret"])
        #expect(mask.mask("hunter2 and s3cret, hunter2") == "*** and ***, ***")
        #expect(mask.mask("hunter") == "hunter")
        #expect(mask.mask("") == "")
    }

    @Test func theEmptyTextIsNoSecret() {
        let mask = SecretMask([""])
        #expect(mask.isEmpty)
        #expect(mask.mask("text") == "text")
    }

    @Test func aMaskShowsNothingOfItself() {
        let mask = SecretMask(["hunter2"])
        var dumped = ""
        dump(mask, to: &dumped)
        let shown = ["\(mask)", String(reflecting: mask), dumped, "\(Secret("hunter2"))"]
        #expect(shown.allSatisfy { !$0.contains("hunter2") })
        dumped = ""
        dump(Secret("hunter2"), to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(Secret("hunter2").revealed == "hunter2")
    }

    /// Passwords of test systems: messages must stay readable.
    @Test(arguments: ["1", "11", "a", "no", "row", "123", "12345", "."])
    func aShortSecretIsMaskedWherePasswordsStandOnly(secret: String) {
        var mask = SecretMask()
        mask.insert(password: secret)
        for text in [
            "score1: row 1, key 11, column \"score1\": found nan", "/nope.csv does not exist",
            "check row_count ok 123 (at least 11)", "no key 12345 in a",
        ] {
            #expect(mask.mask(text) == text)
        }
        #expect(mask.mask("postgresql://me:\(secret)@host/db") == "postgresql://me:***@host/db")
        for (before, after) in [
            ("password=", " host=x"), ("PGPASSWORD='", "' psql"), ("password: \"", "\""),
            ("api_key = ", ";"), ("the token: ", ""),
        ] {
            #expect(mask.mask(before + secret + after) == before + "***" + after)
        }
    }

    @Test(arguments: ["prod", "score", "movies", "hunter2", "production", "123456"])
    func aSecretThatLooksLikeAWordIsMaskedAsAWholeWord(secret: String) {
        let mask = SecretMask([secret])
        #expect(mask.mask("\(secret)") == "***")
        #expect(
            mask.mask("found \"\(secret)\", (\(secret)) \(secret)-x")
                == "found \"***\", (***) ***-x")
        #expect(mask.mask("/data/\(secret)/a.csv \(secret).") == "/data/***/a.csv ***.")
        for text in ["x\(secret)", "\(secret)x", "\(secret)_id", "my_\(secret)", "\(secret)9"] {
            #expect(mask.mask(text) == text)
        }
    }

    @Test(arguments: [
        "hunter2hunter2", "Hunter2x", "HunterHunter", "p@ss w0rd", "correcthorsebatterystaple",
        "eyJhbGciOi.J9", "-----BEGIN KEY-----",
    ])
    func aSecretThatLooksLikeNoWordIsMaskedEverywhere(secret: String) {
        let mask = SecretMask([secret])
        for (before, after) in [("", ""), ("x", "x"), ("token_", "9"), ("é", "é")] {
            #expect(mask.mask(before + secret + after) == "\(before)***\(after)")
        }
    }

    @Test func secretsSideBySideAreOneStretch() {
        #expect(SecretMask(["user", "pass"]).mask("as userpass, user") == "as ***, ***")
        #expect(SecretMask(["users", "serspass"]).mask("userspass") == "***")
        #expect(SecretMask(["user", "hunter2hunter2"]).mask("userhunter2hunter2") == "***")
        // The whole stretch is a part of a longer word.
        #expect(SecretMask(["user", "pass"]).mask("xuserpass") == "xuserpass")
    }

    @Test func everyFormOfAPasswordIsMasked() {
        var mask = SecretMask()
        mask.insert(password: "it's \"x\\y\" /é?")
        for form in [
            "it's \"x\\y\" /é?", "it%27s%20%22x%5Cy%22%20%2F%C3%A9%3F",
            "it%27s%20%22x%5cy%22%20%2f%c3%a9%3f", "it%27s+%22x%5Cy%22+%2F%C3%A9%3F",
            "it''s \"x\\y\" /é?", "it\\'s \"x\\\\y\" /é?",
        ] {
            #expect(mask.mask("a:\(form)@b") == "a:***@b", "\(form)")
        }
    }

    /// A letter stands for a secret's unit, which is looked for everywhere.
    private static let units: [Character: String] = ["a": "aaaa1111", "b": "bbbb2222", "-": "-"]

    private func spelled(_ word: [Character]) -> String {
        word.map { Self.units[$0] ?? "" }.joined()
    }

    /// Letter by letter: a letter is secret that is in any occurrence of any secret.
    private func model(_ text: [Character], _ secrets: [[Character]]) -> String {
        let isSecret = text.indices.map { index in
            secrets.contains { secret in
                text.indices.contains { start in
                    start <= index && index < start + secret.count
                        && text[start...].starts(with: secret)
                }
            }
        }
        var masked = ""
        for index in text.indices {
            if !isSecret[index] {
                masked += Self.units[text[index]] ?? ""
            } else if index == 0 || !isSecret[index - 1] {
                masked += "***"
            }
        }
        return masked
    }

    /// Every text of at most five units with every one or two secrets of at most three.
    @Test func agreesWithModelOnEverySmallInput() {
        func words(_ counts: ClosedRange<Int>) -> [[Character]] {
            counts.flatMap { count in
                (0..<(1 << count)).map { code in
                    (0..<count).map { (code >> $0) & 1 == 0 ? "a" : "b" }
                }
            }
        }
        let secrets = words(1...3)
        for first in secrets {
            for second in secrets {
                let mask = SecretMask([spelled(first), spelled(second)])
                for text in words(0...5)
                where mask.mask(spelled(text)) != model(text, [first, second]) {
                    Issue.record("\(String(text)): \(String(first)), \(String(second))")
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func agreesWithModelOnRandomTexts(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func word(_ letters: String, _ counts: ClosedRange<Int>) -> [Character] {
            (0..<Int.random(in: counts, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            }
        }
        let secrets = (0..<4).map { _ in word("ab", 1...5) }
        let text = word("ab-", 0...200)
        #expect(SecretMask(secrets.map(spelled)).mask(spelled(text)) == model(text, secrets))
    }
}
