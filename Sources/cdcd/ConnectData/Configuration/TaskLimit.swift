/// The number of tasks that a connector may have: `tasks.max` and `tasks.max.enforce`.
package struct TaskLimit: Hashable, Sendable {
    package private(set) var maximum = 1
    /// Whether a connector that returns more task configurations fails.
    package private(set) var isEnforced = true

    package static let options = ConfigOptions<TaskLimit>([
        ConfigOption(
            ConfigKey(
                "tasks.max", .int, defaultValue: "1", importance: .high,
                documentation: "Maximum number of tasks to use for this connector.", group: "Common", orderInGroup: 4,
                width: .short, displayName: "Tasks max", validator: .atLeast(1)),
            into: \.maximum),
        ConfigOption(
            ConfigKey(
                "tasks.max.enforce", .boolean, defaultValue: "true", importance: .low,
                documentation: "(Deprecated) Whether a connector that asks for more tasks than tasks.max fails.",
                group: "Common", orderInGroup: 5, width: .short, displayName: "Enforce tasks max"),
            into: \.isEnforced),
    ])

    init() {}

    /// - Parameter configuration: a validated one; invalid values are replaced by the defaults.
    package init(configuration: [String: String]) { _ = Self.options.read(configuration, into: &self) }
}
