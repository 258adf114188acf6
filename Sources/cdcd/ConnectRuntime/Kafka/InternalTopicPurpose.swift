/// The purpose of an internal topic. The raw value is the property that names the topic.
enum InternalTopicPurpose: String, Sendable {
    case configs = "config.storage.topic"
    case offsets = "offset.storage.topic"
    case statuses = "status.storage.topic"
}
