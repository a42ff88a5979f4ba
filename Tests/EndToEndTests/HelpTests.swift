import Foundation
import TestSupport
import Testing

/// The help of `nostos`: examples, suggestions, completions.
@Suite(.timeLimit(.minutes(10))) struct HelpTests {
    private let directory: TemporaryDirectory
    private let nostos: NostosProgram

    init() throws {
        directory = try TemporaryDirectory()
        nostos = NostosProgram(in: directory.path)
    }

    @Test func helpEndsWithTwoExamples() throws {
        let help = try nostos.run("--help").output
        for word in ["completions", "nostos help job", "ADMIN SUBCOMMANDS", "SERVER SUBCOMMANDS"] {
            #expect(help.uppercased().contains(word.uppercased()), "\(word)")
        }
        let verbs = [
            "init", "validate", "plan", "preview", "run", "ls", "versions", "show", "get", "scan",
            "diff", "runs", "events", "promote", "rollback", "hold", "release", "drop", "remove",
            "serve", "token", "health", "verify", "inspect", "completions",
        ]
        for verb in verbs {
            #expect(help.contains("  \(verb) "), "\(verb)")
            for arguments in [["help", verb], [verb, "--help"]] {
                let result = try nostos.run(arguments)
                let end = result.output.split(separator: "\n").suffix(3)
                #expect(result.status == 0 && end.first == "EXAMPLES:", "\(verb): \(end)")
                #expect(end.dropFirst().allSatisfy { $0.hasPrefix("  $ nostos \(verb)") }, "\(end)")
            }
        }
        #expect(try nostos.run("help", "job").output.contains("index_column"))
        #expect(try nostos.run("help", "checks").output.contains("must_exist"))
    }

    @Test func aMistypedVerbIsSuggested() throws {
        for (word, verb) in [
            ("list", "ls"), ("rnu", "run"), ("rollbak", "rollback"), ("delete", "remove"),
            ("verfy", "verify"), ("Show", "show"),
        ] {
            let result = try nostos.run(word)
            #expect(result.status == 64)
            #expect(result.errors.contains("did you mean \"\(verb)\"?"), "\(result.errors)")
        }
        #expect(try nostos.run("xyzzy").errors.contains("nostos --help"))
        let option = try nostos.run("get", "users", "1", "--field", "score")
        #expect(option.status == 64 && option.errors.contains("--fields"), "\(option.errors)")
    }

    @Test func completionsKnowTheVerbs() throws {
        for shell in ["bash", "zsh", "fish"] {
            let result = try nostos.run("completions", shell)
            #expect(result.status == 0 && result.output.contains("rollback"), "\(shell)")
        }
        #expect(try nostos.run("completions", "tcsh").status == 64)
    }
}
