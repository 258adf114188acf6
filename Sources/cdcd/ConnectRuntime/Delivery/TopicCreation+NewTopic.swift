import ConnectData
import KafkaWire

extension TopicCreation {
    /// The topic that the first matching group describes.
    ///
    /// - Throws: `DataError` if an expression of a group needs too many steps for the name.
    func newTopic(_ name: String) throws(DataError) -> NewTopic {
        let group = try group(for: name)
        return NewTopic(
            name: name, partitions: group.partitions, replicationFactor: group.replicationFactor,
            configuration: group.configuration)
    }
}
