/// The data plane as OpenAPI 3.1 describes it, as parts that the control plane's own document takes
/// in: JSON objects without their braces.
public enum DataPlaneAPI {
    /// The members of `paths`.
    public static let paths = """
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
          "parameters": [
            \(job), \(fields), \(int64), \(ifNoneMatch),
            \(query("prefix", "What keys begin with; of a composite key its first parts.")),
            \(query("from", "The first key.")),
            \(query("to", "The key to end before.")),
            \(query("cursor", "The next of the page before; it names its version.")),
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}}
          ],
          "get": {
            "operationId": "listRows", "summary": "Rows in key order: a page, or all as lines",
            "responses": {
              "200": {
                "description": "A page, or lines of one row each.",
                "content": {
                  "application/json": {"schema": {"$ref": "#/components/schemas/Page"}},
                  "application/x-ndjson": {"schema": {"type": "string"}}
                }
              }, \(problems)
            }
          }
        },
        "/livez": {"get": {\(health("live", "Whether the process is alive"))}},
        "/readyz": {"get": {\(health("ready", "Whether every job's current version is served"))}}
        """

    /// The members of `components.schemas`.
    public static let schemas = """
        "Key": {
          "description": "A number or a text by the job's key; of a composite key an array of these.",
          "oneOf": [
            {"type": "integer"}, {"type": "string"},
            {"type": "array", "items": {"type": ["integer", "string"]}, "minItems": 2, "maxItems": 8}
          ]
        },
        "Values": {"type": "object", "description": "The fields asked for, in the order asked."},
        "AbsentFields": {
          "type": "array", "items": {"type": "string"},
          "description": "Fields asked for that this version lacks and another one has."
        },
        "Record": {
          "type": "object", "required": ["key", "version", "values"],
          "properties": {
            "key": {"$ref": "#/components/schemas/Key"},
            "version": {"type": "integer", "minimum": 1},
            "values": {"$ref": "#/components/schemas/Values"},
            "absent_fields": {"$ref": "#/components/schemas/AbsentFields"}
          }
        },
        "Lookup": {
          "type": "object", "required": ["keys"], "additionalProperties": false,
          "properties": {\(lookupMembers)}
        },
        "Lookups": {
          "type": "object", "required": ["requests"], "additionalProperties": false,
          "properties": {
            "requests": {
              "type": "array", "maxItems": 100,
              "items": {
                "type": "object", "required": ["job", "keys"], "additionalProperties": false,
                "properties": {
                  "job": {"type": "string", "description": "The job's name; job@12 for a version."},
                  \(lookupMembers)
                }
              }
            }
          }
        },
        "LookupAnswer": {
          "type": "object", "required": ["job", "version", "results"],
          "properties": {
            "job": {"type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "absent_fields": {"$ref": "#/components/schemas/AbsentFields"},
            "results": {
              "type": "array", "description": "One entry for each key, in the order asked.",
              "items": {
                "type": "object", "required": ["key", "found"],
                "properties": {
                  "key": {"$ref": "#/components/schemas/Key"}, "found": {"type": "boolean"},
                  "values": {"$ref": "#/components/schemas/Values"}
                }
              }
            }
          }
        },
        "LookupsAnswer": {
          "type": "object", "required": ["responses"],
          "properties": {
            "responses": {
              "type": "array", "items": {"$ref": "#/components/schemas/LookupAnswer"}
            }
          }
        },
        "Page": {
          "type": "object", "required": ["job", "version", "rows", "next"],
          "properties": {
            "job": {"type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "absent_fields": {"$ref": "#/components/schemas/AbsentFields"},
            "rows": {
              "type": "array",
              "items": {
                "type": "object", "required": ["key", "values"],
                "properties": {
                  "key": {"$ref": "#/components/schemas/Key"},
                  "values": {"$ref": "#/components/schemas/Values"}
                }
              }
            },
            "next": {"type": ["string", "null"], "description": "The cursor of the next page."}
          }
        },
        "Problem": {
          "type": "object", "required": ["type", "title", "status", "detail"],
          "properties": {
            "type": {"type": "string"}, "title": {"type": "string"},
            "status": {"type": "integer"}, "detail": {"type": "string"},
            "name": {"type": "string", "description": "What it is about, as it was sent."},
            "offset": {"type": "integer", "description": "Where in the content it went wrong."},
            "request": {"type": "integer", "description": "Which of the lookups, from 0."}
          }
        }
        """

    /// The whole document of the data plane alone.
    public static let document = """
        {
          "openapi": "3.1.0",
          "info": {"title": "Nostos, data plane", "version": "1"},
          "paths": {
        \(paths)
          },
          "components": {"schemas": {
        \(schemas)
          }}
        }
        """
}

// MARK: - Parts

extension DataPlaneAPI {
    private static let job =
        #"{"name": "job", "in": "path", "required": true, "schema": {"type": "string"}}"#
    private static let version = """
        {"name": "version", "in": "path", "required": true,
         "description": "A number, current, previous or candidate.", "schema": {"type": "string"}}
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

    private static let lookupMembers = """
        "keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}, "maxItems": 1000},
        "fields": {"type": "array", "items": {"type": "string"}, "maxItems": 256, "uniqueItems": true},
        "version": {"type": ["integer", "string"]}
        """

    private static let problems = [
        ("304", "The caller has it already."), ("400", "Not understood, or a bad key or field."),
        ("404", "No such job, version or key."), ("410", "The version was dropped."),
        ("413", "Too many keys, or too large a content."), ("414", "The target is too long."),
        ("431", "The header fields are too large."), ("503", "Not ready."),
    ].map { code, description in
        let content =
            ##""application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}"##
        let body = code == "304" ? "" : ", \"content\": {\(content)}"
        return "\"\(code)\": {\"description\": \"\(description)\"\(body)}"
    }.joined(separator: ", ")

    private static func good(_ schema: String) -> String {
        """
        "200": {
          "description": "All that was asked for, of one version.",
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\(schema)"}}}
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
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\(content)"}}}
        },
        "responses": {\(good(schema)), \(problems)}
        """
    }

    private static func health(_ name: String, _ summary: String) -> String {
        """
        "operationId": "\(name)", "summary": "\(summary)",
        "responses": {"200": {"description": "It is.",
          "content": {"application/json": {"schema": {"type": "object"}}}}, \(problems)}
        """
    }
}
