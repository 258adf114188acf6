import ConnectData
import WireCore

/// The offsets of a sink connector's partitions, as REST requests write them (`SinkUtils.parseSinkConnectorOffsets` of
/// Connect).
enum SinkOffsets {
    private static let (topicKey, partitionKey, offsetKey) = ("kafka_topic", "kafka_partition", "kafka_offset")

    /// Of a partition that is named several times the last offset counts.
    ///
    /// - Throws: `HerderError.badRequest` with Connect's texts.
    static func parse(_ requested: [RequestedOffset]) throws(HerderError) -> [TopicPartition: Int64?] {
        var offsets: [TopicPartition: Int64?] = [:]
        for item in requested {
            let place = try partition(item)
            offsets.updateValue(try offset(item), forKey: place)
        }
        return offsets
    }

    private static func partition(_ item: RequestedOffset) throws(HerderError) -> TopicPartition {
        guard let members = item.partition else {
            throw .badRequest("The partition for a sink connector offset cannot be null or missing")
        }
        guard let topic = members[topicKey], let partition = members[partitionKey] else {
            throw .badRequest(
                "The partition for a sink connector offset must contain the keys '\(topicKey)' and '\(partitionKey)'")
        }
        guard !topic.isNull else {
            throw .badRequest("Kafka topic names must be valid strings and may not be null")
        }
        guard !partition.isNull else {
            throw .badRequest("Kafka partitions must be valid numbers and may not be null")
        }
        let text = javaText(partition)
        guard let index = Int32(text) else { throw error("partition", "Partition", text) }
        return TopicPartition(javaText(topic), index)
    }

    private static func offset(_ item: RequestedOffset) throws(HerderError) -> Int64? {
        guard let members = item.offset else { return nil }
        guard let value = members[offsetKey] else {
            throw .badRequest(
                "The offset for a sink connector should either be null or contain the key '\(offsetKey)'")
        }
        let text = javaText(value)
        guard let offset = Int64(text) else { throw error("offset", "Offset", text) }
        return offset
    }

    private static func error(_ what: String, _ capitalized: String, _ text: String) -> HerderError {
        .badRequest(
            "Failed to parse the following Kafka \(what) value in the provided offsets: '\(text)'. "
                + "\(capitalized) values for sink connectors need to be integers.")
    }

    /// What `String.valueOf` makes of the value.
    private static func javaText(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .double(let value): JavaNumber.text(value)
        case .string(let text): text
        case .array(let items): "[\(items.map(javaText).joined(separator: ", "))]"
        case .object(let object):
            "{\(object.members.map { "\($0.name)=\(javaText($0.value))" }.joined(separator: ", "))}"
        }
    }
}
