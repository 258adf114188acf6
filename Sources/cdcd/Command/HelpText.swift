/// Renders `--help` from the command table.
enum HelpText {
    static let entry = Command(
        "help", operands: "[COMMAND]", operandCount: 0...2, operandWords: .commands,
        summary: "show help about a command", details: "Without COMMAND, shows what there is."
    ) { invocation in
        try StandardOutput.print(try about(invocation.operands), terminator: "")
        return 0
    }

    /// - Parameter words: the words of a command's name; none for the program's own help.
    static func about(_ words: [String]) throws(UsageError) -> String {
        if words.isEmpty { return program() }
        let name = words.joined(separator: " ")
        if let known = CommandTable.command(named: name) { return command(known) }
        let names = (CommandTable.commands + CommandTable.leaves).map(\.name)
        let hint = NearestWord.of(name, among: names).map { "; did you mean `\($0)`?" } ?? ""
        throw UsageError(message: "there is no command `\(name)`\(hint)", command: entry.name)
    }

    static func program() -> String {
        var text = """
            cdcd: MySQL change data capture into Kafka; a Kafka Connect worker with the Debezium MySQL connector, in one binary.

            Usage:
              cdcd FILE                  run a worker with the properties in FILE
              cdcd COMMAND [OPTION]...

            Commands:

            """
        text += lines(for: CommandTable.commands)
        text += "\nOptions:\n"
        for option in [OptionSpecification.help, .version] { text += line(for: option) }
        text += """

            Exit codes: 0 success, 1 failure at start or while running, 2 wrong usage.
            `cdcd help COMMAND` prints the help of a command.

            """
        return text
    }

    static func command(_ command: Command) -> String {
        let operands = command.operands.isEmpty ? "" : " \(command.operands)"
        var text = "Usage: cdcd \(command.name)"
        if command.subcommands.isEmpty { text += " [OPTION]..." }
        text += "\(operands)\n\n\(command.details)\n\n"
        if !command.subcommands.isEmpty { text += "Commands:\n\(lines(for: command.subcommands))\n" }
        text += "Options:\n"
        for option in command.options { text += line(for: option) }
        return text
    }

    private static func lines(for commands: [Command]) -> String {
        commands.map { "  \(padded($0.lastWord, 12))\($0.summary)\n" }.joined()
    }

    private static func line(for option: OptionSpecification) -> String {
        let short = option.short.map { "-\($0), " } ?? "    "
        let long = "--\(option.long)" + (option.valueName.map { "=\($0)" } ?? "")
        return "  \(padded(short + long, 28))\(option.summary)\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text.count + 2 > width ? text + "  " : text + String(repeating: " ", count: width - text.count)
    }
}
