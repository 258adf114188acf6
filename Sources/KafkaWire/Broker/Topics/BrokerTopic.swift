import KafkaProtocol
import WireCore

/// A topic and the logs of its partitions.
final class BrokerTopic: Sendable {
    let name: String
    let id: KafkaUUID
    let partitions: [PartitionLog]
    let configuration: TopicConfiguration

    init(name: String, id: KafkaUUID, partitions: [PartitionLog], configuration: TopicConfiguration) {
        self.name = name
        self.id = id
        self.partitions = partitions
        self.configuration = configuration
    }

    /// Returns nil if the partition does not exist.
    func partition(_ index: Int32) -> PartitionLog? {
        index >= 0 && Int(index) < partitions.count ? partitions[Int(index)] : nil
    }

    /// The content of `topic.json`.
    static func document(
        name: String, id: KafkaUUID, partitionCount: Int, configuration: TopicConfiguration
    ) -> JSONObject {
        let settings = configuration.values.map { (name: $0.name, value: JSONValue.string($0.value)) }
        return [
            "name": .string(name), "id": .string(id.description), "partitions": .integer(Int64(partitionCount)),
            "configuration": .object(JSONObject(settings)),
        ]
    }
}
