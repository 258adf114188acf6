import ConnectData
import KafkaProtocol

/// KafkaWire has one of its own, for its clients.
package typealias TopicPartition = ConnectData.TopicPartition

extension ConnectData.TopicPartition {
    init(_ partition: KafkaProtocol.TopicPartition) { self.init(partition.topic, partition.partition) }

    /// The same partition for KafkaWire's clients.
    var forClient: KafkaProtocol.TopicPartition { KafkaProtocol.TopicPartition(topic, partition) }
}
