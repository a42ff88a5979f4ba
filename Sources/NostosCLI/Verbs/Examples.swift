/// The examples at the end of each verb's help.
enum Examples {
    private static let lines: [String: [String]] = [
        "init": ["nostos init", "nostos init demo"],
        "validate": [
            "nostos validate jobs/*.yml", "nostos validate jobs/users.yml --var ds=2026-01-31",
        ],
        "plan": [
            "nostos plan jobs/users.yml", "nostos plan jobs/users.yml -o json",
        ],
        "preview": [
            "nostos preview jobs/users.yml -n 3", "nostos preview jobs/users.yml --key 1001",
        ],
        "run": [
            "nostos run jobs/*.yml", "nostos run jobs/users.yml --var ds=2026-01-31 --no-promote",
        ],
        "ls": ["nostos ls", "nostos ls --url https://store:7481 -o json"],
        "versions": ["nostos versions users", "nostos versions users -o json"],
        "show": ["nostos show users", "nostos show users@12 --storage"],
        "get": ["nostos get users 1001 -1 --fields language,score", "nostos get pairs@12 42,en"],
        "scan": [
            "nostos scan users --from 1000 --to 2000 --limit 10", "nostos scan names --prefix a",
        ],
        "diff": ["nostos diff users", "nostos diff users 11 12 --rows --limit 20"],
        "runs": ["nostos runs users --limit 5", "nostos runs --since 2d -o json"],
        "events": ["nostos events users --since 12h", "nostos events --verbose --limit 200"],
        "promote": [
            "nostos promote users@13",
            "nostos promote users@13 --force --reason 'the check is wrong'",
        ],
        "rollback": [
            "nostos rollback users --reason 'scores look wrong, INC-1234'",
            "nostos rollback users --to 11 --reason INC-1234 --yes --url https://store:7481 "
                + "--token-file ops.token",
        ],
        "hold": [
            "nostos hold users --reason 'audit until Friday'",
            "nostos hold users --reason audit --url https://store:7481 --token-file ops.token",
        ],
        "release": ["nostos release users", "nostos release users --reason 'mended in 14'"],
        "drop": ["nostos drop users@9", "nostos drop users@9 --reason 'holds wrong scores'"],
        "remove": [
            "nostos remove test_job --reason 'was a test'",
            "nostos remove test_job --reason 'was a test' --url https://store:7481 "
                + "--token-file ops.token",
        ],
        "serve": [
            "nostos serve",
            "nostos serve --host 0.0.0.0 --tokens tokens.yml --tls-cert cert.pem "
                + "--tls-key key.pem",
        ],
        "token": [
            "nostos token ops --scope admin --append tokens.yml --out ops.token",
            "nostos token reader --expires 2027-01-31 -o json",
        ],
        "health": ["nostos health", "nostos health --url https://store:7481 -o json"],
        "verify": ["nostos verify", "nostos verify users@12 -o json"],
        "inspect": ["nostos inspect users --bytes", "nostos inspect users@12 --bytes"],
        "completions": [
            "nostos completions bash >/etc/bash_completion.d/nostos",
            "nostos completions zsh >~/.zfunc/_nostos",
        ],
    ]

    /// The examples of a verb; nil where there is no such verb.
    static func text(for verb: String?) -> String? {
        guard let verb, let lines = lines[verb] else { return nil }
        return "EXAMPLES:\n" + lines.map { "  $ \($0)" }.joined(separator: "\n")
    }
}
