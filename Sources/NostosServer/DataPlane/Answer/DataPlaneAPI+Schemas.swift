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
              "type": "array",
              "items": {
                "allOf": [{"$ref": "#/components/schemas/LookupAnswer"}],
                "required": ["published", "age"],
                "properties": {
                  "published": {"type": "string", "format": "date-time"},
                  "age": {"type": "integer", "description": "Seconds since it was published."}
                }
              }
            }
          }
        },
        "Jobs": {
          "type": "object", "required": ["jobs", "links"],
          "properties": {
            "jobs": {
              "type": "array",
              "items": {
                "type": "object", "required": ["job", "version", "versions", "links"],
                "properties": {
                  "job": {"type": "string"},
                  "version": {"type": ["integer", "null"], "description": "The current one; null where there is none."},
                  "published": {"type": "string", "format": "date-time"},
                  "age": {"type": "integer", "description": "Seconds since it was published."},
                  "max_age": {"type": "integer", "description": "How old it may become, in seconds."},
                  "stale": {"type": "boolean"}, "rows": {"type": "integer"},
                  "versions": {"type": "array", "items": {"type": "integer"}, "description": "Those that can be read, the newest first."},
                  "links": {"type": "object", "additionalProperties": {"type": "string"}}
                }
              }
            },
            "links": {"type": "object", "additionalProperties": {"type": "string"}}
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
            "did_you_mean": {"type": "string", "description": "The name that was probably meant."},
            "offset": {"type": "integer", "description": "Where in the content it went wrong."},
            "request": {"type": "integer", "description": "Which of the lookups, from 0."}
          }
        }
        """

    private static let lookupMembers = """
        "keys": {"type": "array", "items": {"$ref": "#/components/schemas/Key"}, "maxItems": 1000},
        "fields": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 256, "uniqueItems": true},
        "version": {"oneOf": [
          {"type": "null"}, {"type": "integer", "minimum": 1, "maximum": 999999999999999},
          {"$ref": "#/components/schemas/VersionName"}]}
        """
}
