import Testing

@testable import cdcd

@Suite struct InvocationTests {
    private func parse(_ line: String) throws(UsageError) -> Invocation.Request {
        try Invocation.parse(line.split(separator: " ").map(String.init)) { $0 == "existing" }
    }

    private func message(of line: String) -> String? {
        do {
            if case .run(let invocation) = try parse(line), invocation.command == HelpText.entry {
                _ = try HelpText.about(invocation.operands)
            }
            return nil
        } catch { return error.message }
    }

    @Test(arguments: ["connect-distributed.properties", "./config", "existing", "worker existing"])
    func fileWithoutACommandRunsTheWorker(line: String) throws {
        guard case .run(let invocation) = try parse(line) else { return #expect(Bool(false)) }
        #expect(invocation.command.name == "worker")
        #expect(invocation.operands.count == 1)
    }

    @Test(arguments: [
        "broker --listen 0.0.0.0:9 --data-dir d", "broker --listen=0.0.0.0:9 --data-dir=d", "broker -l 0.0.0.0:9 -d d",
        "broker -l0.0.0.0:9 -dd",
    ])
    func optionsAreAcceptedInEveryGNUForm(line: String) throws {
        guard case .run(let invocation) = try parse(line) else { return #expect(Bool(false)) }
        #expect(invocation.options == ["listen": ["0.0.0.0:9"], "data-dir": ["d"]])
    }

    @Test func helpAndVersionAreAcceptedAsCommandAndAsOption() throws {
        #expect(try parse("--help") == .showHelp(nil))
        #expect(try parse("help broker") == .run(Invocation(command: HelpText.entry, operands: ["broker"])))
        #expect(try HelpText.about(["broker"]) == HelpText.command(BrokerCommand.entry))
        #expect(try HelpText.about([]) == HelpText.program())
        #expect(try parse("worker --help") == .showHelp(WorkerCommand.entry))
        #expect(try parse("--version") == .showVersion)
    }

    @Test(arguments: [
        ("wroker", "`worker`"), ("brokr", "`broker`"), ("broker --lisen x", "`--listen`"), ("help brokre", "`broker`"),
        ("worker f --log-level warning", "`warn"),
    ])
    func misspelledWordGetsASuggestion(line: String, nearest: String) {
        let text = message(of: line) ?? ""
        #expect(text.contains("did you mean") && text.contains(nearest), "\(text)")
    }

    @Test(arguments: ["xyzzy", "", "worker", "worker a b", "broker x", "broker --listen", "worker --help=1 f"])
    func invalidCommandLinesAreRefused(line: String) {
        #expect(message(of: line) != nil)
    }

    @Test func argumentsAfterDoubleDashAreOperands() throws {
        guard case .run(let invocation) = try parse("worker -- --odd") else { return #expect(Bool(false)) }
        #expect(invocation.operands == ["--odd"])
    }

    @Test func completionsContainEveryOption() throws {
        for shell in ["bash", "zsh", "fish"] {
            let script = try CompletionScript.script(for: shell)
            for option in CommandTable.leaves.flatMap(\.options) { #expect(script.contains(option.long)) }
        }
    }

    @Test func commandOfAGroupIsNamedByTwoWords() throws {
        guard case .run(let invocation) = try parse("topics create -p 3 orders -c a=1 --set b=2") else { return #expect(Bool(false)) }
        #expect(invocation.command.name == "topics create" && invocation.operands == ["orders"])
        #expect(invocation.value(of: "partitions") == "3" && invocation.values(of: "set") == ["a=1", "b=2"])
        let group = try #require(CommandTable.command(named: "topics"))
        #expect(try parse("topics --help") == .showHelp(group))
        #expect(message(of: "topics")?.contains("create") == true)
        #expect(message(of: "topics craete")?.contains("did you mean `create`?") == true)
        #expect(try HelpText.about(["topics", "create"]).contains("--partitions"))
    }
}
