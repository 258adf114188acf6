/// All commands: the table from which the parser, the help, the completions and `docs/commands.md` are made. A new
/// command is a new entry.
enum CommandTable {
    static let commands: [Command] = [
        WorkerCommand.entry, BrokerCommand.entry, TopicsCommand.entry, ProduceCommand.entry, ConsumeCommand.entry,
        GroupsCommand.entry, HelpText.entry, CompletionScript.entry,
    ]

    /// All commands that do something, groups replaced by their members.
    static var leaves: [Command] { commands.flatMap { $0.subcommands.isEmpty ? [$0] : $0.subcommands } }

    /// - Parameter name: the whole name, for example `topics create`.
    static func command(named name: String) -> Command? {
        (commands + commands.flatMap(\.subcommands)).first { $0.name == name }
    }
}
