extension DataPlaneAPI {
    /// The members of `components.schemas`.
    static let schemas = """
        "JobName": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"},
        "VersionName": {
          "type": "string", "pattern": "^([1-9][0-9]{0,14}|current|previous|candidate)$"
        },
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
                  "job": {"type": "string", "description": "The job's name; job@12 for a version.",
                   "pattern": "^[a-z0-9][a-z0-9_-]{0,62}(@[0-9a-z]+)?$"},
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

    private static let lookupMembers = """
        "keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}, "maxItems": 1000},
        "fields": {"type": "array", "items": {"type": "string"}, "maxItems": 256, "uniqueItems": true},
        "version": {"oneOf": [
          {"type": "integer", "minimum": 1, "maximum": 999999999999999},
          {"$ref": "#/components/schemas/VersionName"}]}
        """
}
