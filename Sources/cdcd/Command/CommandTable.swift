/// All commands: the table from which the parser, the help, the completions and `docs/commands.md` are made. A new
/// command is a new entry.
enum CommandTable {
    static let commands: [Command] = [WorkerCommand.entry, BrokerCommand.entry, HelpText.entry, CompletionScript.entry]

    static func command(named name: String) -> Command? { commands.first { $0.name == name } }
}
