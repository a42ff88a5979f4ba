extension DataPlaneAPI {
    /// Example contents, as JSON: one job, `user_profile`, in the whole document.
    enum Example {
        /// The example of a schema.
        static func of(_ schema: String) -> String {
            switch schema {
            case "Record": record
            case "Lookup": lookup
            case "LookupAnswer": lookupAnswer
            case "Lookups": lookups
            case "LookupsAnswer": lookupsAnswer
            default: "{}"
            }
        }

        static let record = """
            {"key": 1001, "version": 12, "values": {"language": "en", "subtitles": ["en", "es"]}}
            """
        /// One key that exists and one that does not; only another version has the field `plan`.
        static let lookup = #"{"keys": [1001, 9], "fields": ["language", "plan"]}"#
        static let lookupAnswer = """
            {"job": "user_profile", "version": 12, "absent_fields": ["plan"], "results": [
              {"key": 1001, "found": true, "values": {"language": "en", "plan": null}},
              {"key": 9, "found": false}]}
            """
        static let lookups = """
            {"requests": [{"job": "user_profile", "keys": [1001], "fields": ["language"]},
              {"job": "course@37", "keys": [[42, "en"]]}]}
            """
        static let lookupsAnswer = """
            {"responses": [
              {"job": "user_profile", "version": 12, "published": "2026-01-02T03:04:05Z", "age": 90,
               "results": [{"key": 1001, "found": true, "values": {"language": "en"}}]},
              {"job": "course", "version": 37, "published": "2026-01-01T03:04:05Z", "age": 86490,
               "results": [{"key": [42, "en"], "found": false}]}]}
            """
        static let page = """
            {"job": "user_profile", "version": 12, "next": null,
             "rows": [{"key": 1001, "values": {"language": "en"}}]}
            """
        static let jobs = """
            {"jobs": [{"job": "user_profile", "version": 12, "published": "2026-01-02T03:04:05Z",
              "age": 90, "max_age": 93600, "stale": false, "rows": 2104331, "versions": [12, 11, 10],
              "links": {"record": "/v1/jobs/user_profile/keys/{key}",
                "lookup": "/v1/jobs/user_profile/lookup", "rows": "/v1/jobs/user_profile/rows"}}],
             "links": {"lookup": "/v1/lookup", "ready": "/readyz", "metrics": "/metrics",
               "openapi": "/v1/openapi.json"}}
            """
    }
}
