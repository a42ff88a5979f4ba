import Nostos

/// The whole text of `/metrics`.
struct MetricsPage: Sendable {
    let statistics: RequestStatistics
    let loads: LoadMetrics
    /// The program's version.
    let version: String

    /// The text, for what is served now.
    func text(of snapshot: StoreSnapshot) -> [UInt8] {
        var text = PrometheusText()
        text.append(statistics.total, served: snapshot.jobs.keys)
        text.append(snapshot, now: Timestamp.now)
        loads.append(to: &text)
        ProcessMetrics.append(to: &text, version: version)
        return text.bytes
    }
}
