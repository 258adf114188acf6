import KafkaProtocol
import WireCore

/// A topic and the logs of its partitions.
final class BrokerTopic: Sendable {
    let document: Document
    let partitions: [PartitionLog]

    var name: String { document.name }
    var id: KafkaUUID { document.id }
    var configuration: TopicConfiguration { document.configuration }

    init(_ document: Document, partitions: [PartitionLog]) {
        self.document = document
        self.partitions = partitions
    }

    /// Returns nil if the partition does not exist.
    func partition(_ index: Int32) -> PartitionLog? {
        index >= 0 && Int(index) < partitions.count ? partitions[Int(index)] : nil
    }

    /// What is stored of a topic beside its records: the content of `topics/NAME.json`.
    struct Document: Sendable {
        let name: String
        let id: KafkaUUID
        var partitionCount: Int
        var configuration: TopicConfiguration

        var json: JSONObject {
            let settings = configuration.values.map { (name: $0.name, value: JSONValue.string($0.value)) }
            return [
                "name": .string(name), "id": .string(id.description), "partitions": .integer(Int64(partitionCount)),
                "configuration": .object(JSONObject(settings)),
            ]
        }
    }
}

extension BrokerTopic.Document {
    /// - Parameter defaults: the broker's settings, which apply if the topic does not have its own.
    init(at path: String, defaults: TopicConfiguration) throws(StorageError) {
        guard let document = try DataDirectory.document(at: path), let name = document["name"]?.stringValue,
            path.hasSuffix("/\(name).json"), let id = document["id"]?.stringValue.flatMap(KafkaUUID.init),
            let count = document["partitions"]?.integerValue, (1...100_000).contains(count)
        else { throw .damaged(path: path, reason: "it does not describe a topic") }
        self.name = name
        self.id = id
        partitionCount = Int(count)
        configuration = TopicConfiguration()
        configuration.defaults = defaults.values
        for (name, value) in document["configuration"]?.objectValue?.members ?? [] {
            configuration[name] = value.stringValue
        }
    }
}
