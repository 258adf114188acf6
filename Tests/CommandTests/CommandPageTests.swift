import Testing
import WireTestSupport

@testable import cdcd

/// `docs/commands.md` is printed from the command table.
@Suite struct CommandPageTests {
    @Test func listsEveryCommand() throws {
        let all = CommandTable.commands.flatMap { [$0] + $0.subcommands }
        let sections = all.map { command in
            "\n## `cdcd \(command.name)`\n\n\(command.summary).\n\n```\n\(HelpText.command(command))```\n"
        }
        try expectGenerated(sections.joined() + "\n", "commands", in: "commands.md")
    }
}
