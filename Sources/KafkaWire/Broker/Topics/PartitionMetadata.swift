import KafkaProtocol
import WireCore

/// The file in a partition's directory that has the topic's id, as in Kafka.
enum PartitionMetadata {
    static let fileName = "partition.metadata"

    static func write(_ topicID: KafkaUUID, in directory: String) throws(StorageError) {
        let file = try AppendOnlyFile(path: "\(directory)/\(fileName)")
        let content = Array("version: 0\ntopic_id: \(topicID)".utf8)
        try content.span.bytes.withUnsafeBytes { (bytes) throws(StorageError) in try file.append(bytes, at: 0) }
    }
}
