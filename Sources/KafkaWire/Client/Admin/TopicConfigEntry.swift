/// One entry of a topic's configuration.
public struct TopicConfigEntry: Sendable, Equatable {
    /// The configuration's name, for example `cleanup.policy`.
    public var name: String
    /// nil if the broker hides it.
    public var value: String?
    /// Whether it is set for the topic itself, not by the broker or Kafka's defaults.
    public var isTopicOverride: Bool

    /// One entry of a topic's configuration.
    package init(name: String, value: String?, isTopicOverride: Bool) {
        self.name = name
        self.value = value
        self.isTopicOverride = isTopicOverride
    }
}
