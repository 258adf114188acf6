import ConnectData

/// KafkaWire has one of its own, for its clients.
package typealias TopicPartition = ConnectData.TopicPartition
