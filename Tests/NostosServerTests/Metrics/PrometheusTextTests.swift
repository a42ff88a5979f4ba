import Testing

@testable import NostosServer

/// The exposition format, against its own description.
@Suite struct PrometheusTextTests {
    private func text(_ write: (inout PrometheusText) -> Void) -> String {
        var text = PrometheusText()
        write(&text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func aFamilyHasItsHeadAndItsSamples() {
        let written = text {
            $0.begin("a_total", .counter, "What was\ncounted, \\ \"so\".")
            $0.sample(value: 3)
            $0.sample([("job", "x"), ("kind", "y")], value: -1)
            $0.begin("b_seconds", .histogram, "Time.")
            $0.sample([("le", "+Inf")], suffix: "_bucket", value: UInt64.max)
        }
        #expect(
            written == """
                # HELP a_total What was\\ncounted, \\\\ "so".
                # TYPE a_total counter
                a_total 3
                a_total{job="x",kind="y"} -1
                # HELP b_seconds Time.
                # TYPE b_seconds histogram
                b_seconds_bucket{le="+Inf"} 18446744073709551615

                """)
    }

    /// Every text of up to three of the characters that matter comes back as it was.
    @Test func labelsKeepEveryText() {
        let letters = ["\\", "\"", "\n", "\r", "n", "{", "é"]
        for code in 0..<512 {
            let value = [code & 7, code >> 3 & 7, code >> 6].map { $0 < 7 ? letters[$0] : "" }
                .joined()
            let written = text {
                $0.begin("a", .gauge, "A.")
                $0.sample([("x", value)], value: 1)
            }
            // A CR LF is one character to Swift.
            let lines = written.unicodeScalars.split(separator: "\n").map(Substring.init)
            #expect(lines.count == 3, "\(value.debugDescription)")
            let line = lines.last ?? ""
            #expect(line.hasPrefix("a{x=\"") && line.hasSuffix("\"} 1"))
            #expect(Self.read(line.dropFirst(5).dropLast(4)) == value.unicodeScalars.map(\.value))
        }
    }

    /// The scalars of a label's value, as Prometheus reads it.
    private static func read(_ text: Substring) -> [UInt32] {
        var scalars: [UInt32] = []
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                scalars.append(scalar == "n" ? 10 : scalar.value)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                #expect(scalar != "\"")
                scalars.append(scalar.value)
            }
        }
        return scalars
    }

    @Test(arguments: [
        (0, "0"), (1, "0.000001"), (1_000_000, "1"), (1_500_000, "1.5"), (10, "0.00001"),
        (1_767_323_045_678_000, "1767323045.678"), (UInt64.max, "18446744073709.551615"),
    ]) func secondsAreExact(value: UInt64, shown: String) {
        #expect(PrometheusText.seconds(value, perSecond: 1_000_000) == shown)
    }
}
