/// The topics of `nostos help TOPIC` that are no verbs.
enum HelpTopic {
    /// The text of each topic.
    static let texts = ["job": job, "checks": checks]

    private static let job = """
        A JOB FILE says which sources a run reads, and what a version holds: one key, and fields.

          job: user_profile               # the name in files and URLs
          description: Ranking features   # optional, as is the owner
          owner: reco@example.com
          index_column: user_id           # the key; a list for a composite key
          key_type: int64                 # int64 or string; otherwise taken from the source
          connection: warehouse           # of connections.yml, for SQL generators
          vars: {ds: 2026-01-01}          # {{ ds }} in sql, path and command; --var ds=… overrides
          fields:
          - generator: sql_iterator       # every column but the key is a field
            sql: sql/language.sql         # inline, or a file beside the job file
            columns: {language: {type: string, not_null: true}}
          - generator: sql_iterator
            is_set: true                  # all rows of a key become one list of distinct values
            sql: SELECT user_id, lang AS subtitles FROM subtitles
          - generator: sql_iterator
            aggregate: list               # set, list, count, sum, mean, min, max, first, last
            limit_per_key: 20
            sql: SELECT user_id, course_id AS top FROM reco ORDER BY user_id, rank
          - generator: file               # csv, tsv or jsonl; also .gz and .zst
            path: out/affinity-{{ ds }}.csv
            delimiter: ";"                # of csv; a comma unless stated
            null: ["NA", "-"]             # texts that mean NULL, besides an empty field
            only: [user_id, aff, genres]  # the columns to take; all unless stated
            columns: {aff: {as: affinity, type: number}, genres: {split: "|"}}
          - generator: command            # a program that prints jsonl, csv or tsv
            command: [python3, embed.py]
            format: jsonl
            timeout: 30m
          - generator: constant
            values: {model: ranker-7}
          on_duplicate: error             # a key with two rows: error, first or last
          join: outer                     # keys of any generator, or first: of the first only
          checks:
          - row_count: {min: 1000}        # see `nostos help checks`
          publish: {keep_versions: 3, promote: auto, drop_delay: 10m, max_age: 26h,
                    allow_empty: false}   # true: a version without keys may replace one with some

        Paths are relative to the job file. In columns: type (int64, number, string, bool,
        timestamp, json, bytes), not_null, null (in place of the generator's), as (renames the
        field), split (makes a list of a text). Connections stand in connections.yml beside the job
        file:

          warehouse: {type: postgresql, url: "{{ env_var('WAREHOUSE_URL') }}"}
          local: {type: sqlite, path: data/app.db}

        EXAMPLES:
          $ nostos init demo
          $ nostos validate jobs/users.yml
        """

    private static let checks = """
        CHECKS run on a finished version before it is promoted. A check that fails rejects the
        version: the run ends with 2, and the version before stays served. With severity: warn it
        only warns.

          checks:
          - row_count: {min: 1000, max_change: 20%}       # max_change: against the current version
          - missing: {field: language, max: 5%}           # records without a value
          - changed: {max: 30%, severity: warn}           # keys added, removed or changed
          - schema: {removed: error, type_changed: error}
          - must_exist: {keys: [1, 42]}
          - range: {field: score, min: 0, max: 1}
          - in_set: {field: plan, values: [free, pro]}
          - primary_key: {}
          - count_check: {source_sql: "SELECT count(*) FROM users", tolerance: 2.0}
          - column_check: {source_sql: "SELECT user_id, language FROM users", sample_size: 100,
                           tolerance: 1.0}

        A rejected version stays marked: `nostos show JOB@V` shows its checks, `nostos diff JOB`
        compares it with the current version, and only `nostos promote JOB@V --force --reason TEXT`
        serves it. The end of the run, ls, versions and show print warnings.

        EXAMPLES:
          $ nostos run jobs/users.yml --dry-run
          $ nostos show users@13
        """
}
