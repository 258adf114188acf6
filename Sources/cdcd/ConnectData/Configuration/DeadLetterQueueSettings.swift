/// The topic to which records are sent that a sink connector cannot convert, transform or write:
/// `errors.deadletterqueue.*`.
package struct DeadLetterQueueSettings: Hashable, Sendable {
    /// nil: there is no dead letter queue.
    package private(set) var topic: String?
    /// Of the topic, if it has to be created.
    package private(set) var replicationFactor: Int16 = 3
    /// Whether its records get headers with the error and the record's position.
    package private(set) var addsContextHeaders = false

    private static let group = "Error Handling"

    package static let options = ConfigOptions<DeadLetterQueueSettings>([
        ConfigOption(
            ConfigKey(
                "errors.deadletterqueue.topic.name", .string, defaultValue: "",
                documentation:
                    "The dead letter queue: the topic to which records are sent that cannot be converted, transformed or "
                    + "written. Blank: there is none.",
                group: group, orderInGroup: 6, width: .medium, displayName: "Dead Letter Queue Topic Name"),
            into: \.topic),
        ConfigOption(
            ConfigKey(
                "errors.deadletterqueue.topic.replication.factor", .short, defaultValue: "3",
                documentation: "The replication factor with which that topic is created if it does not exist.",
                group: group, orderInGroup: 7, width: .medium, displayName: "Dead Letter Queue Topic Replication Factor"),
            into: \.replicationFactor),
        ConfigOption(
            ConfigKey(
                "errors.deadletterqueue.context.headers.enable", .boolean, defaultValue: "false",
                documentation:
                    "Whether records of the dead letter queue get headers, whose names begin with __connect.errors., with "
                    + "the error and the record's position.",
                group: group, orderInGroup: 8, width: .medium, displayName: "Enable Error Context Headers"),
            into: \.addsContextHeaders),
    ])

    init() {}

    /// - Parameter configuration: a validated one; invalid values are replaced by the defaults.
    package init(configuration: [String: String]) { _ = Self.options.read(configuration, into: &self) }
}
