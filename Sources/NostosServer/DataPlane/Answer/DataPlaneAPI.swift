/// The data plane's OpenAPI 3.1 document, written by hand; a test holds it against ``Route`` in
/// both directions.
enum DataPlaneAPI {
    /// The document's bytes: JSON.
    static let bytes = Array(document.utf8)

    /// The whole document.
    static let document = """
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Nostos data plane",
            "version": "1",
            "summary": "Chosen fields of chosen keys, from the version of a job that is current.",
            "description": "Answers about a job carry Nostos-Version, Nostos-Published and Nostos-Age, 404 included. Errors are problem documents (RFC 9457). Where the server has tokens, every call but OPTIONS, /livez, /readyz without a query, and this document needs one of scope read; without tokens only local names such as localhost are answered, others get 403. What takes POST takes QUERY too, what takes GET takes HEAD, and every path takes OPTIONS. Lists in a query may have their commas percent-encoded; a plus in a query is a space. GETs have an ETag: If-None-Match gives 304, If-Match 412. The server closes a connection that was idle for 75 seconds: clients should keep theirs for less. int64=string is for callers whose numbers have 53 bits: every 64-bit integer is then a string, keys included, and keys may be sent as strings."
          },
          "security": [{"token": []}],
          "paths": {
        \(paths)
          },
          "components": {
            "securitySchemes": {
              "token": {"type": "http", "scheme": "bearer", "description": "A token of tokens.yml, scope read or more."}
            },
            "headers": {
              "version": {"description": "The version that the answer is of.", "schema": {"type": "integer"}},
              "published": {"description": "When it was published, RFC 3339.", "schema": {"type": "string"}},
              "age": {"description": "Seconds since then.", "schema": {"type": "integer"}}
            },
            "responses": {
              "problem": {"description": "A problem.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
            },
            "schemas": {
        \(schemas)
            }
          }
        }
        """

    /// The members of `paths`.
    private static let paths = """
        "/v1/jobs": {
          "get": {
            "operationId": "listJobs", "summary": "What is served: jobs, versions, ages, paths; the same as /",
            "responses": {
              "200": {"description": "All jobs by name.", "content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Jobs"}, "example": \(Example.jobs)}}},
              \(problems)
            }
          }
        },
        "/v1/jobs/{job}/keys/{key}": {
          "parameters": [\(job), \(key), \(fields), \(int64), \(ifNoneMatch)],
          "get": {\(get("getRecord", "The fields of one key", "Record"))}
        },
        "/v1/jobs/{job}/versions/{version}/keys/{key}": {
          "parameters": [\(job), \(version), \(key), \(fields), \(int64), \(ifNoneMatch)],
          "get": {\(get("getRecordOfVersion", "The fields of one key at a version", "Record"))}
        },
        "/v1/jobs/{job}/lookup": {
          "parameters": [\(job), \(int64)],
          "post": {\(post("lookUp", "The fields of up to 1,000 keys", "Lookup", "LookupAnswer"))}
        },
        "/v1/lookup": {
          "parameters": [\(int64)],
          "post": {\(post("lookUpJobs", "The fields of keys of several jobs", "Lookups", "LookupsAnswer"))}
        },
        "/v1/jobs/{job}/rows": {
          "parameters": [\(job), \(rowParameters)],
          "get": {\(rows("listRows", "Rows in key order: a page, or all as lines"))}
        },
        "/v1/jobs/{job}/versions/{version}/rows": {
          "parameters": [\(job), \(version), \(rowParameters)],
          "get": {\(rows("listRowsOfVersion", "Rows of a version in key order: a page, or all as lines"))}
        },
        "/livez": {"get": {\(health("live", "Whether the process is alive"))}},
        "/readyz": {
          "parameters": [\(verbose)],
          "get": {\(health("ready", "Whether every job's current version is served"))}
        },
        "/metrics": {
          "get": {
            "operationId": "metrics", "summary": "What was counted, for Prometheus",
            "responses": {
              "200": {"description": "Text format 0.0.4.", "content": {"text/plain": {"schema": {"type": "string"}}}},
              \(problems)
            }
          }
        },
        "/v1/openapi.json": {"get": {\(health("openAPI", "This document"))}}
        """
}

// MARK: - Parts

extension DataPlaneAPI {
    private static let job =
        ##"{"name": "job", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/JobName"}}"##
    private static let version = """
        {"name": "version", "in": "path", "required": true,
         "description": "A number, or current, previous or candidate.",
         "schema": {"$ref": "#/components/schemas/VersionName"}}
        """
    private static let key = """
        {"name": "key", "in": "path", "required": true,
         "description": "Percent-encoded; the parts of a composite key with commas between.",
         "schema": {"type": "string"}}
        """
    private static let fields = """
        {"name": "fields", "in": "query", "style": "form", "explode": false,
         "description": "The fields to read; all without it.",
         "schema": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 256}}
        """
    private static let int64 = """
        {"name": "int64", "in": "query", "description": "Shows 64-bit integers as strings.",
         "schema": {"enum": ["string"]}}
        """
    private static let ifNoneMatch =
        #"{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}"#

    private static func query(_ name: String, _ description: String) -> String {
        """
        {"name": "\(name)", "in": "query", "description": "\(description)",
         "schema": {"type": "string"}}
        """
    }

    private static let rowParameters = """
        \(fields), \(int64), \(ifNoneMatch),
        \(query("prefix", "What keys begin with; of a composite key its first parts.")),
        \(query("from", "The first key.")),
        \(query("to", "The key to end before.")),
        \(query("cursor", "The next of the page before. It stands for the version and for all other parameters of that page: they may be left out, or repeated as they were.")),
        {"name": "limit", "in": "query",
         "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}}
        """

    private static func rows(_ name: String, _ summary: String) -> String {
        """
        "operationId": "\(name)", "summary": "\(summary)",
        "responses": {
          "200": {
            "description": "A page, or, for Accept: application/x-ndjson, lines of one row each. For Accept-Encoding: gzip or zstd it is compressed.", \(headers),
            "content": {
              "application/json": {"schema": {"$ref": "#/components/schemas/Page"}, "example": \(Example.page)},
              "application/x-ndjson": {"schema": {"type": "string"}}
            }
          }, \(problems)
        }
        """
    }

    private static let verbose = """
        {"name": "verbose", "in": "query", "allowEmptyValue": true,
         "description": "Each job, its version and its age; needs a token where there are any.",
         "schema": {"enum": [""]}}
        """

    /// The answers that every route may give.
    private static let problems =
        ##""304": {"description": "The caller has it already."}, "##
        + [
            "400", "401", "403", "404", "405", "410", "412", "413", "414", "415", "417", "431",
            "501",
            "503", "505",
        ]
        .map { ##""\##($0)": {"$ref": "#/components/responses/problem"}"## }
        .joined(separator: ", ")

    private static let headers = """
        "headers": {
          "Nostos-Version": {"$ref": "#/components/headers/version"},
          "Nostos-Published": {"$ref": "#/components/headers/published"},
          "Nostos-Age": {"$ref": "#/components/headers/age"}
        }
        """

    private static func good(_ schema: String, hasVersion: Bool = true) -> String {
        """
        "200": {
          "description": "All that was asked for, of one version."\(hasVersion ? ", " + headers : ""),
          "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/\(schema)"}, "example": \(Example.of(schema))}}
        }
        """
    }

    private static func get(_ name: String, _ summary: String, _ schema: String) -> String {
        """
        "operationId": "\(name)", "summary": "\(summary)",
        "responses": {\(good(schema)), \(problems)}
        """
    }

    private static func post(
        _ name: String, _ summary: String, _ content: String, _ schema: String
    ) -> String {
        """
        "operationId": "\(name)", "summary": "\(summary); QUERY is the same",
        "requestBody": {
          "required": true,
          "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/\(content)"}, "example": \(Example.of(content))}}
        },
        "responses": {\(good(schema, hasVersion: schema != "LookupsAnswer")), \(problems)}
        """
    }

    private static func health(_ name: String, _ summary: String) -> String {
        """
        "operationId": "\(name)", "summary": "\(summary)", "security": [],
        "responses": {"200": {"description": "It is.",
          "content": {"application/json": {"schema": {"type": "object"}}}}, \(problems)}
        """
    }
}
