extension OpenAPI {
    static let catalogPaths = """
            "/v1/jobs": {
              "get": {"operationId": "jobs", "summary": "All jobs, by name.", "responses": {"200": {"description": "The jobs.", "content": {"application/json": {"schema": {"type": "object", "required": ["jobs"], "properties": {"jobs": {"type": "array", "items": {"$ref": "#/components/schemas/Job"}}}}}}}, \(readProblems)}}
            },
            "/v1/jobs/{job}": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "get": {"operationId": "job", "summary": "One job.", "parameters": [{"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}], "responses": {"200": {"$ref": "#/components/responses/job"}, "304": {"description": "The job is as the state tag says."}, \(readProblems)}},
              "delete": {"operationId": "remove", "summary": "Stops serving the job and drops all its versions; its history stays, and a later run brings it back.", "parameters": [{"name": "reason", "in": "query", "required": true, "description": "Why; kept in the history.", "schema": {"$ref": "#/components/schemas/Reason"}}, {"$ref": "#/components/parameters/ifMatch"}], "responses": {"200": {"$ref": "#/components/responses/job"}, \(changeProblems)}}
            },
            "/v1/jobs/{job}/versions": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "get": {"operationId": "versions", "summary": "The job's versions, the newest first.", "responses": {"200": {"description": "The versions.", "content": {"application/json": {"schema": {"type": "object", "required": ["job", "versions"], "properties": {"job": {"type": "string"}, "versions": {"type": "array", "items": {"$ref": "#/components/schemas/Version"}}}}}}}, \(readProblems)}}
            },
            "/v1/jobs/{job}/versions/{version}": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "get": {"operationId": "version", "summary": "One version: schema, statistics, where it came from.", "parameters": [{"$ref": "#/components/parameters/version"}], "responses": {"200": {"description": "The version.", "content": {"application/json": {"schema": {"type": "object", "required": ["version", "checks"], "properties": {"version": {"$ref": "#/components/schemas/Version"}, "key": {"$ref": "#/components/schemas/Key"}, "fields": {"$ref": "#/components/schemas/Fields"}, "metadata": {"type": "object"}, "checks": {"type": "array", "items": {"type": "object"}}, "warnings": {"type": "array", "items": {"type": "string"}}, "completeness": {"type": "object"}, "error": {"type": "string"}}}}}}, \(readProblems)}},
              "delete": {"operationId": "drop", "summary": "Gives up a version that is not current.", "parameters": [{"$ref": "#/components/parameters/number"}, {"name": "reason", "in": "query", "description": "Why; kept in the history.", "schema": {"$ref": "#/components/schemas/Reason"}}, {"$ref": "#/components/parameters/ifMatch"}], "responses": {"200": {"$ref": "#/components/responses/job"}, \(changeProblems)}}
            },
            "/v1/jobs/{job}/versions/{version}/verify": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "post": {"operationId": "verify", "summary": "Reads every byte of a version's table against its checksums; one table at a time.", "parameters": [{"$ref": "#/components/parameters/version"}], "responses": {"200": {"description": "What was found.", "content": {"application/json": {"schema": {"type": "object", "required": ["job", "version", "ok", "damages"], "properties": {"job": {"type": "string"}, "version": {"type": "integer"}, "ok": {"type": "boolean"}, "rows": {"type": "integer"}, "size": {"type": "integer", "description": "Bytes."}, "damages": {"type": "array", "items": {"type": "string"}}}}}}}, "408": {"$ref": "#/components/responses/problem"}, "413": {"$ref": "#/components/responses/problem"}, "415": {"$ref": "#/components/responses/problem"}, \(readProblems)}}
            },
            "/v1/jobs/{job}/schema": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "get": {"operationId": "schema", "summary": "The key and the fields of a version.", "parameters": [{"name": "version", "in": "query", "schema": {"type": "string", "pattern": "^([1-9][0-9]{0,14}|current|previous|candidate)$", "default": "current"}}], "responses": {"200": {"description": "The schema.", "content": {"application/json": {"schema": {"type": "object", "required": ["job", "version", "key", "fields"], "properties": {"job": {"type": "string"}, "version": {"type": "integer"}, "key": {"$ref": "#/components/schemas/Key"}, "fields": {"$ref": "#/components/schemas/Fields"}}}}}}, \(readProblems)}}
            },
            "/v1/jobs/{job}/diff": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "get": {"operationId": "diff", "summary": "What differs from one version to another, in counts. Reads both tables.", "parameters": [{"name": "from", "in": "query", "schema": {"type": "string", "pattern": "^([1-9][0-9]{0,14}|current|previous|candidate)$", "default": "previous"}}, {"name": "to", "in": "query", "schema": {"type": "string", "pattern": "^([1-9][0-9]{0,14}|current|previous|candidate)$", "default": "current"}}], "responses": {"200": {"description": "The counts. Of a field, `changed` counts all records in which it differs; of these it was null before in `added`, and is null now in `removed`.", "content": {"application/json": {"schema": {"type": "object", "required": ["job", "from", "to", "summary"], "properties": {"job": {"type": "string"}, "from": {"type": "integer"}, "to": {"type": "integer"}, "summary": {"type": "object", "required": ["added", "removed", "changed", "unchanged", "fields", "schema"]}}}}}}, "409": {"$ref": "#/components/responses/problem"}, \(readProblems)}}
            }
        """

    static let historyPaths = """
            "/v1/runs": {
              "get": {"operationId": "runs", "summary": "What ran, and how it ended; the latest first.", "parameters": [{"$ref": "#/components/parameters/onlyJob"}, {"$ref": "#/components/parameters/limit"}], "responses": {"200": {"description": "The runs.", "content": {"application/json": {"schema": {"type": "object", "required": ["runs"], "properties": {"runs": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}}}}}}}, \(readProblems)}}
            },
            "/v1/events": {
              "get": {"operationId": "events", "summary": "Who changed what, when, and why; the latest first.", "parameters": [{"$ref": "#/components/parameters/onlyJob"}, {"$ref": "#/components/parameters/limit"}, {"name": "before", "in": "query", "description": "The `next` of the page before.", "schema": {"type": "integer", "minimum": 1, "maximum": 9007199254740991}}], "responses": {"200": {"description": "A page.", "content": {"application/json": {"schema": {"type": "object", "required": ["events"], "properties": {"events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}, "next": {"type": "integer"}}}}}}, \(readProblems)}}
            },
            "/v1/openapi.json": {
              "get": {"operationId": "openAPI", "summary": "This document.", "security": [], "responses": {"200": {"description": "The document.", "content": {"application/json": {"schema": {"type": "object"}}}}, \(readProblems)}}
            },
            "/login": {
              "get": {"operationId": "login", "summary": "Takes the one-time code of a server without tokens; sets a cookie and leads on.", "security": [], "parameters": [{"name": "code", "in": "query", "schema": {"type": "string"}}], "responses": {"303": {"description": "The cookie is set."}, \(readProblems)}}
            }
        """

    static let adminPaths = """
            "/v1/jobs/{job}/promote": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "post": {"operationId": "promote", "summary": "Makes a version the current one; one that failed its checks only with force.", "parameters": [{"$ref": "#/components/parameters/ifMatch"}], "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["version"], "additionalProperties": false, "properties": {"version": {"$ref": "#/components/schemas/Number"}, "force": {"type": "boolean", "description": "Also a version that failed its checks; needs a reason and the scope admin."}, "reason": {"$ref": "#/components/schemas/Reason"}}}}}}, "responses": {"200": {"$ref": "#/components/responses/job"}, \(changeProblems)}}
            },
            "/v1/jobs/{job}/rollback": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "post": {"operationId": "rollback", "summary": "Goes back to a good previous version, by default the newest, and holds the job. Of a job that a rollback holds already, only with to.", "parameters": [{"$ref": "#/components/parameters/ifMatch"}], "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["reason"], "additionalProperties": false, "properties": {"to": {"$ref": "#/components/schemas/Number"}, "reason": {"$ref": "#/components/schemas/Reason"}}}}}}, "responses": {"200": {"$ref": "#/components/responses/job"}, \(changeProblems)}}
            },
            "/v1/jobs/{job}/hold": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "post": {"operationId": "hold", "summary": "Later runs stop at a candidate.", "parameters": [{"$ref": "#/components/parameters/ifMatch"}], "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["reason"], "additionalProperties": false, "properties": {"reason": {"$ref": "#/components/schemas/Reason"}}}}}}, "responses": {"200": {"$ref": "#/components/responses/job"}, \(changeProblems)}}
            },
            "/v1/jobs/{job}/release": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "post": {"operationId": "release", "summary": "Runs promote again.", "parameters": [{"$ref": "#/components/parameters/ifMatch"}], "requestBody": {"required": false, "content": {"application/json": {"schema": {"type": "object", "additionalProperties": false, "properties": {"reason": {"$ref": "#/components/schemas/Reason"}}}}}}, "responses": {"200": {"$ref": "#/components/responses/job"}, \(changeProblems)}}
            }
        """

    /// The paths of the data plane, through this port: its own document describes the answers.
    static let recordPaths = """
            "/v1/jobs/{job}/keys/{key}": {
              "parameters": [{"$ref": "#/components/parameters/job"}, {"$ref": "#/components/parameters/key"}],
              "get": {"operationId": "record", "summary": "A record of the current version, as on the data plane.", "parameters": [\(fieldParameters)], "responses": {"200": {"$ref": "#/components/responses/record"}, "304": {"description": "The record is of the version that If-None-Match names."}, \(readProblems)}}
            },
            "/v1/jobs/{job}/versions/{version}/keys/{key}": {
              "parameters": [{"$ref": "#/components/parameters/job"}, {"$ref": "#/components/parameters/version"}, {"$ref": "#/components/parameters/key"}],
              "get": {"operationId": "versionRecord", "summary": "A record of a fixed version, as on the data plane.", "parameters": [\(fieldParameters)], "responses": {"200": {"$ref": "#/components/responses/record"}, "304": {"description": "The record is of the version that If-None-Match names."}, \(readProblems)}}
            },
            "/v1/jobs/{job}/rows": {
              "parameters": [{"$ref": "#/components/parameters/job"}],
              "get": {"operationId": "rows", "summary": "A page of the current version in key order, as on the data plane.", "parameters": [\(pageParameters), \(fieldParameters)], "responses": {"200": {"$ref": "#/components/responses/page"}, "304": {"description": "The page is of the version that If-None-Match names."}, \(readProblems)}}
            },
            "/v1/jobs/{job}/versions/{version}/rows": {
              "parameters": [{"$ref": "#/components/parameters/job"}, {"$ref": "#/components/parameters/version"}],
              "get": {"operationId": "versionRows", "summary": "A page of a fixed version in key order, as on the data plane.", "parameters": [\(pageParameters), \(fieldParameters)], "responses": {"200": {"$ref": "#/components/responses/page"}, "304": {"description": "The page is of the version that If-None-Match names."}, \(readProblems)}}
            },
            "/readyz": {
              "get": {"operationId": "ready", "summary": "Whether every job's current version is open, as on the data plane.", "security": [], "responses": {"200": {"description": "The server is ready.", "content": {"application/json": {"schema": {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}}}}, \(readProblems)}}
            }
        """

    private static let fieldParameters = """
        {"name": "fields", "in": "query", "description": "The fields to read, separated by commas; all by default.", "schema": {"type": "string"}}, {"name": "int64", "in": "query", "schema": {"type": "string", "enum": ["string"]}}
        """

    private static let pageParameters = """
        {"name": "prefix", "in": "query", "schema": {"type": "string"}}, {"name": "from", "in": "query", "schema": {"type": "string"}}, {"name": "to", "in": "query", "schema": {"type": "string"}}, {"name": "cursor", "in": "query", "description": "The `next` of the page before.", "schema": {"type": "string"}}, {"name": "limit", "in": "query", "description": "The most rows of the page.", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}}
        """
}
