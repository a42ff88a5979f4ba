import Nostos

extension PrometheusText {
    /// Appends what is served of each job; `now` is in microseconds since 1970.
    mutating func append(_ snapshot: StoreSnapshot, now: Int64) {
        let jobs = snapshot.jobs.values.sorted { $0.name < $1.name }
        let served = jobs.compactMap { job in job.current.map { (job.name, $0) } }
        begin("nostos_job_current_version", .gauge, "The version that is served.")
        for (name, version) in served { sample([("job_name", name)], value: Int64(version.number)) }
        begin("nostos_job_rows", .gauge, "Records of the version that is served.")
        for (name, version) in served {
            sample([("job_name", name)], value: Int64(version.record.rowCount))
        }
        begin("nostos_job_bytes", .gauge, "Size of the table that is served.")
        for (name, version) in served {
            sample([("job_name", name)], value: Int64(version.record.size))
        }
        begin(
            "nostos_job_published_timestamp_seconds", .gauge,
            "When the version that is served was published.")
        for (name, version) in served {
            sample(
                [("job_name", name)], value: UInt64(max(0, version.publishedAt)),
                perSecond: 1_000_000)
        }
        begin("nostos_job_held", .gauge, "1 while new versions are not promoted.")
        for job in jobs { sample([("job_name", job.name)], value: job.state.hold == nil ? 0 : 1) }
        begin("nostos_job_max_age_seconds", .gauge, "The job's own limit of staleness.")
        for (name, version) in served {
            guard let limit = version.record.maxAge else { continue }
            sample([("job_name", name)], value: UInt64(max(0, limit)), perSecond: 1_000_000)
        }
        begin("nostos_job_stale", .gauge, "1 while what is served is older than the job's limit.")
        for (name, version) in served where version.record.maxAge != nil {
            sample([("job_name", name)], value: version.record.isStale(at: now) ? 1 : 0)
        }
    }
}
