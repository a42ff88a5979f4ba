/// The control plane's OpenAPI 3.1 document, written by hand; a test holds it against
/// ``ControlRoute`` in both directions.
enum OpenAPI {
    /// The whole document: JSON.
    static let document = """
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Nostos control plane",
            "version": "1",
            "summary": "The catalog of a Nostos store, and the verbs that change it.",
            "description": "Times are RFC 3339 in UTC, durations are seconds or have their unit in their name. Errors are problem documents (RFC 9457). Where the server has tokens, every call but /login and this document needs one; calls that change something always do."
          },
          "security": [{"token": []}],
          "paths": {
        \(catalogPaths),
        \(historyPaths),
        \(adminPaths),
        \(recordPaths)
          },
          "components": {
            "securitySchemes": {
              "token": {"type": "http", "scheme": "bearer", "description": "A token of tokens.yml: scope read for GET, publish for promote and verify, admin for the rest and for promote with force; each includes the ones before it."}
            },
            "parameters": {
              "job": {"name": "job", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/JobName"}},
              "version": {"name": "version", "in": "path", "required": true, "description": "A number, or current, previous or candidate.", "schema": {"type": "string", "pattern": "^([1-9][0-9]{0,14}|current|previous|candidate)$"}},
              "number": {"name": "version", "in": "path", "required": true, "description": "The version's number.", "schema": {"type": "integer", "minimum": 1, "maximum": 999999999999999}},
              "key": {"name": "key", "in": "path", "required": true, "description": "The key; the parts of a composite key are separated by commas.", "schema": {"type": "string"}},
              "limit": {"name": "limit", "in": "query", "description": "The most entries of the page.", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
              "onlyJob": {"name": "job", "in": "query", "description": "Only of this job.", "schema": {"$ref": "#/components/schemas/JobName"}},
              "ifMatch": {"name": "If-Match", "in": "header", "description": "The state tag that the caller has seen, in quotes; when the job has moved on, nothing changes: 409 conflict.", "schema": {"type": "string", "pattern": "^\\"[0-9a-f]{16}\\"$"}}
            },
            "headers": {
              "stateTag": {"description": "The job's state tag, in quotes, for If-Match.", "schema": {"type": "string"}}
            },
            "responses": {
        \(responses)
            },
            "schemas": {
        \(schemas)
            }
          }
        }
        """

    /// The problems that every route may answer with, by the method's kind.
    static let readProblems = """
        "400": {"$ref": "#/components/responses/problem"}, "401": {"$ref": "#/components/responses/problem"}, "403": {"$ref": "#/components/responses/problem"}, "404": {"$ref": "#/components/responses/problem"}, "405": {"$ref": "#/components/responses/problem"}, "410": {"$ref": "#/components/responses/problem"}, "414": {"$ref": "#/components/responses/problem"}, "417": {"$ref": "#/components/responses/problem"}, "431": {"$ref": "#/components/responses/problem"}, "501": {"$ref": "#/components/responses/problem"}, "503": {"$ref": "#/components/responses/problem"}, "505": {"$ref": "#/components/responses/problem"}
        """
    static let changeProblems = """
        \(readProblems), "408": {"$ref": "#/components/responses/problem"}, "409": {"$ref": "#/components/responses/problem"}, "413": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}
        """

    private static let responses = """
              "problem": {"description": "A problem.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
              "job": {"description": "The job, after the change where there was one.", "headers": {"ETag": {"$ref": "#/components/headers/stateTag"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
              "record": {"description": "The record.", "content": {"application/json": {"schema": {"type": "object", "required": ["key", "version", "values"], "properties": {"key": {}, "version": {"type": "integer"}, "values": {"type": "object"}, "absent_fields": {"type": "array", "items": {"type": "string"}}}}}}},
              "page": {"description": "A page.", "content": {"application/json": {"schema": {"type": "object", "required": ["job", "version", "rows"], "properties": {"job": {"type": "string"}, "version": {"type": "integer"}, "rows": {"type": "array", "items": {"type": "object"}}, "next": {"type": ["string", "null"]}}}}}}
        """
}
