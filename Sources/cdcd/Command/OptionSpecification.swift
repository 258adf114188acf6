/// One option of a command, for `--help`, the parser and the shell completions.
struct OptionSpecification: Equatable, Sendable {
    let long: String
    var short: Character?
    /// The name of the option's value in help texts; nil for a switch.
    var valueName: String?
    let summary: String
    /// The only values of the option; empty if it accepts any.
    var choices: [String] = []
    /// Whether the option may be given several times; otherwise the last one counts.
    var isRepeatable = false
    /// Whether the value may be empty.
    var acceptsEmptyValue = false
}

/// The options of several commands.
extension OptionSpecification {
    static let help = OptionSpecification(long: "help", short: "h", summary: "show this help and exit")
    static let version = OptionSpecification(long: "version", short: "V", summary: "show the version and exit")
    static let logFormat = OptionSpecification(
        long: "log-format", valueName: "FORMAT", summary: "how log lines look: connect (default) or json",
        choices: ["connect", "json"])
    static let logLevel = OptionSpecification(
        long: "log-level", valueName: "LEVEL", summary: "the least serious level that is written (default info)",
        choices: ["trace", "debug", "info", "warn", "error", "fatal", "off"])

    /// - Parameter summary: what the choices text and json mean for the command.
    static func output(_ summary: String) -> OptionSpecification {
        OptionSpecification(long: "output", valueName: "FORM", summary: summary, choices: ["text", "json"])
    }

    static let partitions = OptionSpecification(
        long: "partition", short: "p", valueName: "NUMBER", summary: "only this partition; repeatable", isRepeatable: true)
}
