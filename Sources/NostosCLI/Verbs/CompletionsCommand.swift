import ArgumentParser

/// `nostos completions`.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completion script of a shell.",
        discussion: """
            bash: nostos completions bash >/etc/bash_completion.d/nostos
            zsh:  nostos completions zsh >~/.zfunc/_nostos
            fish: nostos completions fish >~/.config/fish/completions/nostos.fish
            """)

    @Argument(help: "The shell: bash, zsh or fish.") var shell: Shell

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash, zsh, fish
    }

    func run() throws {
        let completions: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Output.line(NostosCommand.completionScript(for: completions))
    }
}
