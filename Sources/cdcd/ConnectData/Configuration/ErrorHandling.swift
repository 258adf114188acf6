/// What happens to a record that cannot be transformed or converted: the `errors.*` properties of a connector.
package struct ErrorHandling: Hashable, Sendable {
    /// `errors.tolerance=all`: the record is skipped instead of failing the task.
    package private(set) var skipsRecords = false
    /// `errors.log.enable`: skipped records are logged.
    package private(set) var logsErrors = false
    /// `errors.log.include.messages`: with the record's contents.
    package private(set) var logsRecords = false

    private typealias Option = ConfigOption<ErrorHandling>

    private static let group = "Error Handling"
    private static let noRetries = "no transform or converter of cdcd fails temporarily"

    package static let options = ConfigOptions<ErrorHandling>([
        Option(
            ConfigKey(
                "errors.retry.timeout", .long, defaultValue: "0",
                documentation:
                    "How long in milliseconds a failed operation of a transform or converter is retried if "
                    + "the failure is temporary. No transform or converter of cdcd fails temporarily.",
                group: group, orderInGroup: 1, width: .medium, displayName: "Retry Timeout for Errors"),
            use: .withoutEffect(reason: noRetries)),
        Option(
            ConfigKey(
                "errors.retry.delay.max.ms", .long, defaultValue: "60000",
                documentation: "The maximum time in milliseconds between two such attempts.", group: group,
                orderInGroup: 2, width: .medium, displayName: "Maximum Delay Between Retries for Errors"),
            use: .withoutEffect(reason: noRetries)),
        Option(
            ConfigKey(
                "errors.tolerance", .string, defaultValue: "none",
                documentation:
                    "'none' lets the task fail at the first record that cannot be transformed or converted; 'all' "
                    + "skips such records.",
                group: group, orderInGroup: 3, width: .short, displayName: "Error Tolerance",
                validator: .oneOf(["none", "all"]))
        ) { input, errors in
            errors.skipsRecords = input.trimmed == "all"
        },
        Option(
            ConfigKey(
                "errors.log.enable", .boolean, defaultValue: "false",
                documentation: "Whether skipped records are logged with the reason.", group: group,
                orderInGroup: 4, width: .short, displayName: "Log Errors"),
            into: \.logsErrors),
        Option(
            ConfigKey(
                "errors.log.include.messages", .boolean, defaultValue: "false",
                documentation: "Whether that log message contains the record's contents.", group: group,
                orderInGroup: 5, width: .short, displayName: "Log Error Details"),
            into: \.logsRecords),
    ])

    init() {}

    /// - Parameter configuration: a validated one; invalid values are replaced by the defaults.
    package init(configuration: [String: String]) { _ = Self.options.read(configuration, into: &self) }
}
