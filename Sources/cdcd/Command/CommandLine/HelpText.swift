/// Renders `--help` from the command table.
enum HelpText {
    static func program() -> String {
        var text = """
            cdcd: MySQL change data capture into Kafka; a Kafka Connect worker with the Debezium MySQL connector, in one binary.

            Usage:
              cdcd FILE                  run a worker with the properties in FILE
              cdcd COMMAND [OPTION]...

            Commands:

            """
        for command in CommandTable.commands { text += "  \(padded(command.name, 12))\(command.summary)\n" }
        text += "\nOptions:\n"
        for option in [CommandTable.help, CommandTable.version] { text += line(for: option) }
        text += """

            Exit codes: 0 success, 1 failure at start or while running, 2 wrong usage.
            `cdcd help COMMAND` prints the help of a command.

            """
        return text
    }

    static func command(_ command: CommandSpecification) -> String {
        let operands = command.operands.isEmpty ? "" : " \(command.operands)"
        var text = "Usage: cdcd \(command.name) [OPTION]...\(operands)\n\n\(command.details)\n\nOptions:\n"
        for option in command.options { text += line(for: option) }
        return text
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
