import Nostos

extension Responder {
    /// Answers the list of jobs: each with its version, its age and the paths for lookups.
    mutating func answerJobs(
        _ request: Request, _ bytes: Span<UInt8>, _ state: RequestState
    ) throws(Problem) {
        guard request.query.isEmpty else {
            throw Problem(
                .badRequest, "This path takes no query.", name: bytes.extracting(request.query))
        }
        head.caching = .checked
        body.append(ascii: "{\"jobs\":[")
        var isFirst = true
        let reach = token?.reach ?? .all
        for job in state.snapshot.jobs.values.sorted(by: { $0.name < $1.name })
        where reach.includes(job.name) {
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            append(job, at: state.time.seconds)
        }
        body.append(
            ascii: """
                ],"links":{"lookup":"/v1/lookup","ready":"/readyz","metrics":"/metrics",\
                "openapi":"/v1/openapi.json"}}
                """)
    }

    /// Appends an object such as
    /// `{"job":"a","version":12,"published":…,"age":90,"stale":false,"rows":3,…}`; a job without a
    /// version has `null` for it and no members about the version.
    private mutating func append(_ job: JobSnapshot, at seconds: Int64) {
        body.append(ascii: "{\"job\":")
        JSONText.append(job.name, to: &body)
        body.append(ascii: ",\"version\":")
        if let version = job.current {
            let published = version.publishedAt / 1_000_000
            JSONText.append(int64: Int64(version.number), to: &body)
            body.append(ascii: ",\"published\":\"")
            body.append(contentsOf: Timestamp.text(published * 1_000_000).utf8)
            body.append(ascii: "\",\"age\":")
            JSONText.append(int64: max(0, seconds - published), to: &body)
            if let limit = version.record.maxAge {
                body.append(ascii: ",\"max_age\":")
                JSONText.append(int64: limit / 1_000_000, to: &body)
            }
            let isStale = version.record.isStale(at: seconds * 1_000_000)
            body.append(ascii: isStale ? ",\"stale\":true" : ",\"stale\":false")
            body.append(ascii: ",\"rows\":")
            JSONText.append(int64: Int64(version.record.rowCount), to: &body)
        } else {
            body.append(ascii: "null")
        }
        body.append(ascii: ",\"versions\":[")
        for (index, number) in job.versions.keys.sorted(by: >).enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            JSONText.append(int64: Int64(number), to: &body)
        }
        body.append(ascii: "],\"links\":{\"record\":\"")
        appendPath(of: job, "/keys/{key}")
        body.append(ascii: "\",\"lookup\":\"")
        appendPath(of: job, "/lookup")
        body.append(ascii: "\",\"rows\":\"")
        appendPath(of: job, "/rows")
        body.append(ascii: "\"}}")
    }

    /// Appends the path; a job's name has letters, digits, dashes and underscores only.
    private mutating func appendPath(of job: JobSnapshot, _ rest: StaticString) {
        body.append(ascii: "/v1/jobs/")
        body.append(contentsOf: job.name.utf8)
        body.append(ascii: rest)
    }
}
