/// One command of the program, with the function that runs it. `CommandTable.commands` lists all commands.
struct Command: Sendable {
    /// The words that shell completions offer as operands, beside the names of files.
    enum OperandWords: Sendable {
        case none
        case commands
        case fixed([String])
    }

    let name: String
    /// How its operands are written in the usage line.
    let operands: String
    let operandCount: ClosedRange<Int>
    let operandWords: OperandWords
    let summary: String
    let details: String
    let options: [OptionSpecification]
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
        self.isService = isService
        self.run = run
    }
}

extension Command: Equatable {
    static func == (a: Self, b: Self) -> Bool { a.name == b.name }
}
