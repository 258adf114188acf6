/// One option of a command, for `--help`, the parser and the shell completions.
struct OptionSpecification: Equatable {
    let long: String
    var short: Character?
    /// The name of the option's value in help texts; nil for a switch.
    var valueName: String?
    let summary: String
    /// Fixed values to offer in completions and to check against.
    var choices: [String] = []
}

/// One command of the program.
struct CommandSpecification: Equatable {
    let name: String
    /// How its operands are written in the usage line.
    let operands: String
    let operandCount: ClosedRange<Int>
    let summary: String
    let details: String
    let options: [OptionSpecification]
}

/// All commands and options: the one table from which parser, help and completions are made.
enum CommandTable {
    static let help = OptionSpecification(long: "help", short: "h", summary: "show this help and exit")
    static let version = OptionSpecification(long: "version", short: "V", summary: "show the version and exit")

    static let commands: [CommandSpecification] = [worker, broker, helpCommand, completion]

    static let worker = CommandSpecification(
        name: "worker", operands: "FILE", operandCount: 1...1,
        summary: "run a Connect worker with the properties in FILE",
        details: """
            FILE is a connect-distributed.properties as Java's Kafka Connect takes it. The worker serves Connect's REST
            API (port 8083 unless `listeners` says otherwise) and runs the connectors of its group until SIGTERM or
            SIGINT, upon which it ends in order. `cdcd FILE` does the same.
            """,
        options: [
            OptionSpecification(
                long: "dev-broker", valueName: "DIRECTORY",
                summary:
                    "also run the development broker inside, at the address of bootstrap.servers, data in DIRECTORY"),
            logFormat, logLevel, help,
        ])

    static let broker = CommandSpecification(
        name: "broker", operands: "", operandCount: 0...0,
        summary: "run the development broker alone",
        details: """
            A single-node Kafka broker for development and tests: it keeps its log in a directory, survives being killed,
            and serves any Kafka client. It has no security and no replication: not for production.
            """,
        options: [
            OptionSpecification(
                long: "listen", short: "l", valueName: "HOST:PORT", summary: "where to listen (default 127.0.0.1:9092)"),
            OptionSpecification(
                long: "advertised", valueName: "HOST:PORT",
                summary: "the address given to clients (default: as --listen)"),
            OptionSpecification(
                long: "data-dir", short: "d", valueName: "DIRECTORY",
                summary: "where the log is kept (default ./cdcd-broker)"),
            logFormat, logLevel, help,
        ])

    static let helpCommand = CommandSpecification(
        name: "help", operands: "[COMMAND]", operandCount: 0...1, summary: "show help about a command",
        details: "Without COMMAND, shows what there is.", options: [help])

    static let completion = CommandSpecification(
        name: "completion", operands: "bash|zsh|fish", operandCount: 1...1,
        summary: "print a completion script for a shell",
        details: "For example: source <(cdcd completion bash)", options: [help])

    private static let logFormat = OptionSpecification(
        long: "log-format", valueName: "FORMAT", summary: "how log lines look: connect (default) or json",
        choices: ["connect", "json"])
    private static let logLevel = OptionSpecification(
        long: "log-level", valueName: "LEVEL", summary: "the least serious level that is written (default info)",
        choices: ["trace", "debug", "info", "warn", "error", "fatal", "off"])
}
