extension JobState {
    /// The effect that a publication would have now.
    ///
    /// - Parameters:
    ///   - promote: whether the run is to promote; a hold overrules it.
    ///   - keepVersions: how many good versions the run's job file keeps.
    /// - Returns: the versions that it would drop, and whether it would be promoted.
    public func forecast(
        promote: Bool, keepVersions: Int
    ) -> (dropped: [VersionRecord], isPromoted: Bool) {
        var after = self
        let number = after.begin(at: 0)
        let table = PublishedTable(rowCount: 0, size: 0, digest: "", publishedAt: 0)
        let rules = PublishRules(promote: promote, keepVersions: keepVersions, dropDelay: 0)
        // A version that has just begun can always be published.
        guard (try? after.publish(number, table, rules)) != nil else { return ([], false) }
        let dropped = versions.filter { version in
            version.state != .dropped && after[version.number]?.state == .dropped
        }
        return (dropped, after.currentNumber == number)
    }
}

extension JobState {
    /// A job that no store has heard of.
    public static func unknown(_ name: String) -> JobState { JobState(name: name) }
}
