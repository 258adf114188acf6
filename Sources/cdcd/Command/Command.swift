/// One command of the program, with the function that runs it. `CommandTable.commands` lists all commands.
struct Command: Sendable {
    /// The words that shell completions offer as operands, beside the names of files.
    enum OperandWords: Sendable {
        case none
        case commands
        case fixed([String])
    }

    /// The words that select it: `broker`, `topics create`.
    let name: String
    /// How its operands are written in the usage line.
    let operands: String
    let operandCount: ClosedRange<Int>
    let operandWords: OperandWords
    let summary: String
    let details: String
    let options: [OptionSpecification]
    /// The commands whose names continue its own; a command that has some does nothing itself.
    let subcommands: [Command]
    /// Whether it runs until it is stopped, with a log and many open descriptors.
    let isService: Bool
    /// Returns the exit code.
    let run: @Sendable (Invocation) throws -> Int32

    init(
        _ name: String, operands: String = "", operandCount: ClosedRange<Int> = 0...0,
        operandWords: OperandWords = .none, summary: String, details: String, options: [OptionSpecification] = [],
        isService: Bool = false, run: @escaping @Sendable (Invocation) throws -> Int32
    ) {
        self.name = name
        self.operands = operands
        self.operandCount = operandCount
        self.operandWords = operandWords
        self.summary = summary
        self.details = details
        self.options = options + (isService ? [OptionSpecification.logFormat, .logLevel] : []) + [.help]
        subcommands = []
        self.isService = isService
        self.run = run
    }

    /// A group of commands.
    init(_ name: String, summary: String, details: String, subcommands: [Command]) {
        self.name = name
        operands = "COMMAND"
        operandCount = 0...0
        operandWords = .none
        self.summary = summary
        self.details = details
        options = [.help]
        self.subcommands = subcommands
        isService = false
        run = { _ in throw UsageError(message: "`\(name)` needs a command", command: name) }
    }

    /// The last word of the name.
    var lastWord: String { name.split(separator: " ").last.map(String.init) ?? name }
}

extension Command: Equatable {
    static func == (a: Self, b: Self) -> Bool { a.name == b.name }
}
