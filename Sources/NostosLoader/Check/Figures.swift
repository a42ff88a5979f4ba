import Nostos

/// Numbers in the sentences that people read.
public enum Figures {
    /// With commas between thousands: `2,104,331`.
    public static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// So many of something: `1 key`, `2,104,331 keys`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// A percentage, in percent, as it was stated: `5 %`, `0.5 %`.
    static func percent(stated value: Double) -> String { "\(NumberText.short(value)) %" }

    /// A percentage, in percent, that was measured: with one decimal, and with more where it would
    /// else read as nothing, or as the limit that it is not.
    static func percent(_ value: Double, limit: Double? = nil) -> String {
        var places = 10.0
        while places < 1e6 {
            let shown = (value * places).rounded() / places
            if (shown == 0) == (value == 0), (shown == limit) == (value == limit) { break }
            places *= 10
        }
        return "\((value * places).rounded() / places) %"
    }

    /// The limit, as a note after the finding.
    static func limit(_ value: Double, _ severity: CheckSpec.Severity) -> String {
        severity == .warn
            ? "warn above \(percent(stated: value))" : "at most \(percent(stated: value))"
    }
}
