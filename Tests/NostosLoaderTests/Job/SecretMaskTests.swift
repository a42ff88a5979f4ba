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

    @Test func noEndOfAnOverlappingSecretIsLeft() {
        #expect(SecretMask(["abc", "bcd"]).mask("xabcdx") == "x***x")
        #expect(SecretMask(["aa"]).mask("aaab") == "***b")
        #expect(SecretMask(["ab", "abcd"]).mask("abcd") == "***")
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
                masked.append(text[index])
            } else if index == 0 || !isSecret[index - 1] {
                masked += "***"
            }
        }
        return masked
    }

    /// Every text of at most six letters with every one or two secrets of at most three.
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
                let mask = SecretMask([String(first), String(second)])
                for text in words(0...6) {
                    let masked = mask.mask(String(text))
                    if masked != model(text, [first, second]) {
                        Issue.record("\(String(text)): \(String(first)), \(String(second))")
                    }
                }
            }
        }
    }

    @Test(arguments: UInt64(0)..<32)
    func agreesWithModelOnRandomTexts(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func word(_ counts: ClosedRange<Int>) -> [Character] {
            (0..<Int.random(in: counts, using: &random)).map { _ in
                "abé😀".randomElement(using: &random) ?? "a"
            }
        }
        let secrets = (0..<4).map { _ in word(1...5) }
        let text = word(0...200)
        #expect(SecretMask(secrets.map { String($0) }).mask(String(text)) == model(text, secrets))
    }
}
