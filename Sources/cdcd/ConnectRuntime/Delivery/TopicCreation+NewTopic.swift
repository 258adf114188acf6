import ConnectData
import KafkaWire

extension TopicCreation {
    /// The topic that the first matching group describes.
    func newTopic(_ name: String) -> NewTopic {
        let group = group(for: name)
        return NewTopic(
            name: name, partitions: group.partitions, replicationFactor: group.replicationFactor,
            configuration: group.configuration)
    }
}
