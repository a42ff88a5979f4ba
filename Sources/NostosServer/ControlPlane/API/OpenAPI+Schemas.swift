extension OpenAPI {
    static let schemas = """
              "JobName": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"},
              "Number": {"type": "integer", "minimum": 1, "maximum": 999999999999999},
              "Reason": {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": "[^ ]"},
              "Problem": {
                "type": "object", "required": ["type", "title", "status", "detail"],
                "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}, "name": {"type": "string", "description": "What it is about, as the caller wrote it."}}
              },
              "Job": {
                "type": "object", "required": ["name", "next_number", "versions", "keep_versions", "drop_delay_seconds", "state_tag"],
                "properties": {"name": {"type": "string"}, "current": {"type": "integer"}, "next_number": {"type": "integer"}, "versions": {"type": "array", "description": "By number.", "items": {"$ref": "#/components/schemas/Version"}}, "hold": {"type": "object", "required": ["reason", "by", "at"], "properties": {"reason": {"type": "string"}, "by": {"type": "string"}, "at": {"type": "string", "format": "date-time"}, "rolled_back": {"type": "integer"}, "also_rolled_back": {"type": "integer"}}}, "removal": {"type": "object", "required": ["reason", "by", "at"], "properties": {"reason": {"type": "string"}, "by": {"type": "string"}, "at": {"type": "string", "format": "date-time"}}}, "owner": {"type": "string", "description": "Whom to ask: as the job file of the last version says."}, "description": {"type": "string"}, "keep_versions": {"type": "integer"}, "drop_delay_seconds": {"type": "number"}, "state_tag": {"type": "string"}}
              },
              "Version": {
                "type": "object", "required": ["number", "state", "started_at", "row_count", "size", "digest", "has_table"],
                "properties": {"number": {"type": "integer"}, "state": {"type": "string", "description": "loading, checking, candidate, current, previous, rejected, failed or dropped."}, "started_at": {"type": "string", "format": "date-time"}, "published_at": {"type": "string", "format": "date-time"}, "promoted_at": {"type": "string", "format": "date-time"}, "row_count": {"type": "integer"}, "size": {"type": "integer"}, "digest": {"type": "string"}, "reason": {"type": "string"}, "drop_after": {"type": "string", "format": "date-time"}, "has_table": {"type": "boolean"}, "max_age_seconds": {"type": "number"}, "failed_checks": {"type": "string", "description": "The checks that the version failed, also while it is served."}, "warnings": {"type": "integer", "description": "How many warnings its run and its checks gave."}}
              },
              "Key": {"type": "array", "items": {"type": "object", "required": ["name", "type"], "properties": {"name": {"type": "string"}, "type": {"type": "string"}}}},
              "Fields": {"type": "array", "items": {"type": "object", "required": ["name", "type", "list"], "properties": {"name": {"type": "string"}, "type": {"type": "string"}, "list": {"type": "boolean"}}}},
              "Run": {
                "type": "object", "required": ["job", "version", "started_at", "finished_at", "outcome", "stages", "warnings"],
                "properties": {"job": {"type": "string"}, "version": {"type": "integer"}, "started_at": {"type": "string", "format": "date-time"}, "finished_at": {"type": "string", "format": "date-time"}, "outcome": {"type": "string"}, "stages": {"type": "array", "items": {"type": "object"}}, "warnings": {"type": "array", "items": {"type": "string"}}, "error": {"type": "string"}}
              },
              "Event": {
                "type": "object", "required": ["generation", "at", "actor", "action"],
                "properties": {"generation": {"type": "integer"}, "at": {"type": "string", "format": "date-time"}, "actor": {"type": "string"}, "action": {"type": "string"}, "job": {"type": "string"}, "version": {"type": "integer"}, "from": {"type": "integer"}, "to": {"type": "integer"}, "reason": {"type": "string"}}
              }
        """
}
