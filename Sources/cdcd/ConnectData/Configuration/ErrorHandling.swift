/// What happens to a record that cannot be transformed or converted: the `errors.*` properties of a connector.
package struct ErrorHandling: Hashable, Sendable {
    /// `errors.tolerance=all`: the record is skipped instead of failing the task.
    package private(set) var skipsRecords = false
    /// `errors.log.enable`: skipped records are logged.
    package private(set) var logsErrors = false
    /// `errors.log.include.messages`: with the record's contents.
    package private(set) var logsRecords = false

    /// `errors.retry.timeout`: how long a temporary failure is waited for; 0 and -1: without a limit.
    package private(set) var retryTimeoutMilliseconds = 0
    /// `errors.retry.delay.max.ms`
    package private(set) var retryDelayMillisecondsMax = 60000

    private typealias Option = ConfigOption<ErrorHandling>

    private static let group = "Error Handling"

    package static let options = ConfigOptions<ErrorHandling>([
        Option(
            ConfigKey(
                "errors.retry.timeout", .long, defaultValue: "0",
                documentation:
                    "How long in milliseconds an operation of a transform or converter that fails temporarily, such "
                    + "as a request to a schema registry, is tried again before the record counts as failed. 0 and -1: "
                    + "without a limit.",
                group: group, orderInGroup: 1, width: .medium, displayName: "Retry Timeout for Errors"),
            into: \.retryTimeoutMilliseconds),
        Option(
            ConfigKey(
                "errors.retry.delay.max.ms", .long, defaultValue: "60000",
                documentation:
                    "The maximum time in milliseconds between two such attempts. It is never longer than five seconds.",
                group: group, orderInGroup: 2, width: .medium, displayName: "Maximum Delay Between Retries for Errors"),
            into: \.retryDelayMillisecondsMax),
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
