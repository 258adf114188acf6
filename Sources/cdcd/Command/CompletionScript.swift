/// Shell completions, generated from the command table.
enum CompletionScript {
    private static let shells = ["bash", "zsh", "fish"]

    static let entry = Command(
        "completion", operands: shells.joined(separator: "|"), operandCount: 1...1, operandWords: .fixed(shells),
        summary: "print a completion script for a shell", details: "For example: source <(cdcd completion bash)"
    ) { invocation in
        try StandardOutput.print(try script(for: invocation.operands[0]), terminator: "")
        return 0
    }

    static func script(for shell: String) throws(UsageError) -> String {
        switch shell {
        case "bash": bash()
        case "zsh": "autoload -U +X bashcompinit && bashcompinit\n" + bash()
        case "fish": fish()
        default: throw UsageError(message: "completions exist for bash, zsh and fish, not for `\(shell)`", command: "completion")
        }
    }

    private static func bash() -> String {
        let names = CommandTable.commands.map(\.name).joined(separator: " ")
        var text = "_cdcd() {\n  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        text += "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
        text += "    COMPREPLY=($(compgen -W '\(names) --help --version' -- \"$word\") $(compgen -f -- \"$word\")); return; fi\n"
        text += "  case \"$previous\" in\n"
        for option in choiceOptions() {
            text += "    --\(option.long)) COMPREPLY=($(compgen -W '\(option.choices.joined(separator: " "))' -- \"$word\")); return;;\n"
        }
        text += "  esac\n  local command=${COMP_WORDS[1]}\n  case \"$command\" in\n"
        for group in CommandTable.commands where !group.subcommands.isEmpty {
            let words = group.subcommands.map(\.lastWord).joined(separator: " ")
            text += "    \(group.name)) if [ \"$COMP_CWORD\" = 2 ]; then COMPREPLY=($(compgen -W '\(words) --help' -- \"$word\")); return; fi\n"
            text += "      command=\"$command ${COMP_WORDS[2]}\";;\n"
        }
        text += "  esac\n  case \"$command\" in\n"
        for command in CommandTable.leaves {
            let options = command.options.map { "--\($0.long)" }.joined(separator: " ")
            let words =
                switch command.operandWords {
                case .none: ""
                case .commands: names
                case .fixed(let words): words.joined(separator: " ")
                }
            text += "    '\(command.name)') COMPREPLY=($(compgen -W '\(options) \(words)' -- \"$word\")"
            text += " $(compgen -f -- \"$word\"));;\n"
        }
        return text + "  esac\n}\ncomplete -o filenames -F _cdcd cdcd\n"
    }

    private static func fish() -> String {
        var text = ""
        for command in CommandTable.commands {
            text += "complete -c cdcd -n __fish_use_subcommand -a \(command.name) -d '\(quoted(command.summary))'\n"
            let words = command.subcommands.map(\.lastWord).joined(separator: " ")
            for subcommand in command.subcommands {
                text += "complete -c cdcd -n '__fish_seen_subcommand_from \(command.name); and not __fish_seen_subcommand_from \(words)'"
                text += " -a \(subcommand.lastWord) -d '\(quoted(subcommand.summary))'\n"
            }
        }
        for command in CommandTable.leaves {
            let condition = command.name.split(separator: " ").map { "__fish_seen_subcommand_from \($0)" }
            for option in command.options {
                text += "complete -c cdcd -n '\(condition.joined(separator: "; and "))' -l \(option.long)"
                if let short = option.short { text += " -s \(short)" }
                if option.valueName != nil { text += " -r" }
                if !option.choices.isEmpty { text += " -f -a '\(option.choices.joined(separator: " "))'" }
                text += " -d '\(quoted(option.summary))'\n"
            }
        }
        return text
    }

    private static func choiceOptions() -> [OptionSpecification] {
        var seen = Set<String>()
        return CommandTable.leaves.flatMap(\.options).filter { !$0.choices.isEmpty && seen.insert($0.long).inserted }
    }

    private static func quoted(_ text: String) -> String {
        text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "\\'")
    }
}
