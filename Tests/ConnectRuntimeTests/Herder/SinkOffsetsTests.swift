import ConnectData
import Testing
import WireCore

@testable import ConnectRuntime

/// The texts are those that a worker of Connect 4.3.1 has answered.
@Suite struct SinkOffsetsTests {
    private static func parse(_ text: String) throws -> Result<[TopicPartition: Int64?], HerderError> {
        let object = try JSONValue.parse(Array(text.utf8)).objectValue
        let item = RequestedOffset(
            partition: object?["partition"]?.objectValue, offset: object?["offset"]?.objectValue)
        return Result { () throws(HerderError) in try SinkOffsets.parse([item]) }
    }

    @Test(arguments: [
        (#"{"kafka_topic":"a","kafka_partition":0}"#, #"{"kafka_offset":1}"#, 1),
        (#"{"kafka_topic":"a","kafka_partition":"0","x":1}"#, #"{"kafka_offset":"+1","x":2}"#, 1),
        (#"{"kafka_topic":"a","kafka_partition":0}"#, #"{"kafka_offset":-1}"#, -1),
        (#"{"kafka_topic":"a","kafka_partition":0}"#, "null", nil),
    ])
    func numbersMayBeTexts(partition: String, offset: String, expected: Int64?) throws {
        let parsed = try Self.parse("{\"partition\":\(partition),\"offset\":\(offset)}").get()
        #expect(parsed == [TopicPartition("a", 0): expected])
    }

    @Test func topicsOfOtherTypesAreTexts() throws {
        let parsed = try Self.parse(#"{"partition":{"kafka_topic":["a",{"b":1}],"kafka_partition":0}}"#).get()
        #expect(parsed.keys.map(\.topic) == ["[a, {b=1}]"])
    }

    @Test(arguments: [
        ("null", "{}", "The partition for a sink connector offset cannot be null or missing"),
        (
            #"{"kafka_topic":"a"}"#, "{}",
            "The partition for a sink connector offset must contain the keys 'kafka_topic' and 'kafka_partition'"
        ),
        (
            #"{"kafka_topic":null,"kafka_partition":0}"#, "{}",
            "Kafka topic names must be valid strings and may not be null"
        ),
        (
            #"{"kafka_topic":"a","kafka_partition":null}"#, "{}",
            "Kafka partitions must be valid numbers and may not be null"
        ),
        (
            #"{"kafka_topic":"a","kafka_partition":3000000000}"#, "{}",
            "Failed to parse the following Kafka partition value in the provided offsets: '3000000000'. Partition values "
                + "for sink connectors need to be integers."
        ),
        (
            #"{"kafka_topic":"a","kafka_partition":0}"#, "{}",
            "The offset for a sink connector should either be null or contain the key 'kafka_offset'"
        ),
        (
            #"{"kafka_topic":"a","kafka_partition":0}"#, #"{"kafka_offset":1.0}"#,
            "Failed to parse the following Kafka offset value in the provided offsets: '1.0'. Offset values for sink "
                + "connectors need to be integers."
        ),
        (
            #"{"kafka_topic":"a","kafka_partition":0}"#, #"{"kafka_offset":null}"#,
            "Failed to parse the following Kafka offset value in the provided offsets: 'null'. Offset values for sink "
                + "connectors need to be integers."
        ),
    ])
    func othersAreRefused(partition: String, offset: String, message: String) throws {
        let parsed = try Self.parse("{\"partition\":\(partition),\"offset\":\(offset)}")
        #expect(throws: HerderError.badRequest(message)) { try parsed.get() }
    }

    @Test func theLastOffsetOfAPartitionCounts() throws {
        let partition: JSONObject = ["kafka_topic": .string("a"), "kafka_partition": .integer(0)]
        let parsed = try SinkOffsets.parse([
            RequestedOffset(partition: partition, offset: ["kafka_offset": .integer(2)]),
            RequestedOffset(partition: partition, offset: ["kafka_offset": .integer(1)]),
        ])
        #expect(parsed == [TopicPartition("a", 0): 1])
    }
}
