/// Text in Prometheus' exposition format, version 0.0.4: families of samples with labels.
///
/// Format: prometheus.io/docs/instrumenting/exposition_formats.
struct PrometheusText {
    /// The behaviour of a family's values.
    enum Kind: String {
        case counter, gauge, histogram
    }

    /// A label and its value.
    typealias Label = (name: String, value: String)

    private(set) var bytes: [UInt8] = []
    private var family = ""

    /// Begins a family, whose samples follow; `help` is one line.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        family = name
        append("# HELP \(name) \(Self.escaped(help, quotes: false))\n")
        append("# TYPE \(name) \(kind.rawValue)\n")
    }

    /// Appends a sample of the family; `suffix` is for the parts of a histogram.
    mutating func sample(
        _ labels: [Label] = [], suffix: String = "", value: some BinaryInteger
    ) {
        sample(labels, suffix: suffix, text: String(value))
    }

    /// Appends a sample in seconds, of a value in microseconds or the like: exact, whatever its
    /// size.
    mutating func sample(
        _ labels: [Label] = [], suffix: String = "", value: UInt64, perSecond: UInt64
    ) {
        sample(labels, suffix: suffix, text: Self.seconds(value, perSecond: perSecond))
    }

    private mutating func sample(_ labels: [Label], suffix: String, text: String) {
        let inner = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
        let braces = inner.isEmpty ? "" : "{\(inner.joined(separator: ","))}"
        append("\(family)\(suffix)\(braces) \(text)\n")
    }

    private mutating func append(_ text: String) { bytes += Array(text.utf8) }

    /// A decimal number of seconds without trailing zeros: 50,000 of 10⁹ is `0.00005`.
    static func seconds(_ value: UInt64, perSecond: UInt64) -> String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: perSecond)
        guard rest > 0 else { return String(whole) }
        // A leading 1 keeps the zeros in front of the digits.
        var digits = String(rest + perSecond).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    /// Escapes backslashes, line feeds and, in labels, quotes.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
