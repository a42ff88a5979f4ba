import Nostos

extension Figures {
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
