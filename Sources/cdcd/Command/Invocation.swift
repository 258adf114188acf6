/// A parsed command line, checked against `CommandTable`.
struct Invocation: Equatable {
    var command: Command
    var operands: [String] = []
    /// The values of each option in order, by the option's long name; a switch has an empty value.
    private(set) var options: [String: [String]] = [:]

    enum Request: Equatable {
        case run(Invocation)
        case showHelp(Command?)
        case showVersion
    }

    /// Reads the arguments after the program's name.
    ///
    /// - Parameter isFile: whether a first word that is not a command names a file, so that `cdcd FILE` means
    ///   `cdcd worker FILE`.
    static func parse(_ arguments: [String], isFile: (String) -> Bool) throws(UsageError) -> Request {
        guard let first = arguments.first else {
            throw UsageError(message: "a command or a properties file is needed")
        }
        if first == "--help" || first == "-h" { return .showHelp(nil) }
        if first == "--version" || first == "-V" { return .showVersion }
        let names = CommandTable.commands.map(\.name)
        guard let command = CommandTable.command(named: first) else {
            let looksLikeFile = first.contains("/") || first.hasSuffix(".properties") || first.hasPrefix("-") || isFile(first)
            if looksLikeFile { return try parse(arguments, for: WorkerCommand.entry) }
            let hint = NearestWord.of(first, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw UsageError(message: "there is no command or file `\(first)`\(hint)")
        }
        return try command.subcommands.isEmpty
            ? parse(Array(arguments.dropFirst()), for: command)
            : parse(Array(arguments.dropFirst()), forGroup: command)
    }

    /// The value of an option, or its last one; nil if it is not given.
    func value(of long: String) -> String? { options[long]?.last }

    /// All values of a repeatable option, in order.
    func values(of long: String) -> [String] { options[long] ?? [] }

    func has(_ long: String) -> Bool { options[long] != nil }

    private static func parse(_ arguments: [String], forGroup group: Command) throws(UsageError) -> Request {
        let words = group.subcommands.map(\.lastWord)
        guard let word = arguments.first else {
            throw UsageError(message: "`\(group.name)` needs one of \(words.joined(separator: ", "))", command: group.name)
        }
        if word == "--help" || word == "-h" { return .showHelp(group) }
        guard let command = group.subcommands.first(where: { $0.lastWord == word }) else {
            let hint = NearestWord.of(word, among: words).map { "; did you mean `\($0)`?" } ?? ""
            throw UsageError(message: "there is no command `\(group.name) \(word)`\(hint)", command: group.name)
        }
        return try parse(Array(arguments.dropFirst()), for: command)
    }

    private static func parse(
        _ arguments: [String], for command: Command
    ) throws(UsageError) -> Request {
        var result = Invocation(command: command)
        var rest = arguments[...]
        var onlyOperands = false
        while let argument = rest.popFirst() {
            if onlyOperands || argument == "-" || !argument.hasPrefix("-") {
                result.operands.append(argument)
            } else if argument == "--" {
                onlyOperands = true
            } else {
                let (option, attached) = try option(argument, of: command)
                let value = try value(of: option, attached: attached, rest: &rest, command: command)
                if option == OptionSpecification.help { return .showHelp(command) }
                if option == OptionSpecification.version { return .showVersion }
                result.options[option.long] = option.isRepeatable ? result.values(of: option.long) + [value] : [value]
            }
        }
        if command.operandCount.upperBound < result.operands.count {
            let extra = result.operands[command.operandCount.upperBound]
            throw UsageError(message: "`\(extra)` is one operand too many", command: command.name)
        }
        if command.operandCount.lowerBound > result.operands.count {
            throw UsageError(message: "\(command.operands) is missing", command: command.name)
        }
        return .run(result)
    }

    private static func option(
        _ argument: String, of command: Command
    ) throws(UsageError) -> (OptionSpecification, attached: String?) {
        // Help and version are accepted at any position.
        let options = command.options + [OptionSpecification.version]
        if argument.hasPrefix("--") {
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            if let option = options.first(where: { $0.long == name }) {
                return (option, parts.count == 2 ? String(parts[1]) : nil)
            }
            let hint = NearestWord.of(name, among: options.map(\.long)).map { "; did you mean `--\($0)`?" } ?? ""
            throw UsageError(message: "there is no option `--\(name)`\(hint)", command: command.name)
        }
        let letter = argument[argument.index(after: argument.startIndex)]
        guard let option = options.first(where: { $0.short == letter }) else {
            throw UsageError(message: "there is no option `-\(letter)`", command: command.name)
        }
        let attached = argument.dropFirst(2)
        return (option, attached.isEmpty ? nil : String(attached))
    }

    private static func value(
        of option: OptionSpecification, attached: String?, rest: inout ArraySlice<String>, command: Command
    ) throws(UsageError) -> String {
        guard let valueName = option.valueName else {
            guard attached == nil else {
                throw UsageError(message: "`--\(option.long)` takes no value", command: command.name)
            }
            return ""
        }
        guard let value = attached ?? rest.popFirst(), !value.isEmpty || option.acceptsEmptyValue else {
            throw UsageError(message: "`--\(option.long)` needs a \(valueName)", command: command.name)
        }
        guard option.choices.isEmpty || option.choices.contains(value) else {
            let hint = NearestWord.of(value, among: option.choices).map { "; did you mean `\($0)`?" } ?? ""
            let choices = option.choices.joined(separator: ", ")
            throw UsageError(message: "`\(value)` is not one of \(choices)\(hint)", command: command.name)
        }
        return value
    }
}
