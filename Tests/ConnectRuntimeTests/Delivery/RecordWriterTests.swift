import ConnectData
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireStreams

@testable import ConnectRuntime

@Suite struct RecordWriterTests {
    private static let text = Schema(.string)

    private static func record(_ value: String?, topic: String = "t", headers: [ConnectRecord.Header]) -> ConnectRecord {
        ConnectRecord(
            topic: topic, keySchema: text, key: .string("k"), valueSchema: value == nil ? nil : text,
            value: value.map { .string($0) } ?? .null, headers: headers)
    }

    private static func header(_ name: String, _ value: String) -> ConnectRecord.Header {
        ConnectRecord.Header(name, schema: text, value: .string(value))
    }

    /// Writes the records to the topics `t` and `u`. Returns the stored ones, those of `t` first.
    private func write(_ records: [ConnectRecord]) throws -> [ConsumedRecord] {
        let kafka = try KafkaHarness()
        let json = "org.apache.kafka.connect.json.JsonConverter"
        let worker = try WorkerConfiguration(properties: [
            "bootstrap.servers": "localhost:9092", "group.id": "g", "key.converter": json, "value.converter": json,
            "config.storage.topic": "c", "offset.storage.topic": "o", "status.storage.topic": "s",
        ], plugins: TestPlugins.registry)
        var writer = try RecordWriter(
            connector: [
                "key.converter": json, "key.converter.schemas.enable": "false",
                "value.converter": json, "value.converter.schemas.enable": "false",
            ], worker: worker, plugins: TestPlugins.registry)
        let producer = KafkaProducer(kafka.client)
        for record in records {
            var record = record
            guard try writer.convert(&record) else { continue }
            try writer.append(
                to: producer.topic(record.topic), of: producer, partition: record.partition,
                timestampMilliseconds: nil, tag: 0)
        }
        try producer.awaitDelivery(timeoutMilliseconds: KafkaHarness.waitMilliseconds)
        producer.close(timeoutMilliseconds: 1000)
        return try kafka.admin.topicNames().flatMap { try kafka.records($0) }
    }

    @Test func eachRecordGetsItsOwnHeaders() throws {
        let shared = [Self.header("a", "1"), Self.header("b", "2")]
        let other = [Self.header("a", "3")]
        let records = try write([
            Self.record("1", headers: shared), Self.record("2", headers: shared), Self.record("3", headers: other),
            Self.record("4", headers: []), Self.record("5", headers: []), Self.record("6", topic: "u", headers: shared),
        ])
        func stored(_ name: String, _ value: String) -> RecordHeader {
            RecordHeader(key: name, value: Array(value.utf8))
        }
        let both = [stored("a", "1"), stored("b", "2")]
        #expect(records.map(\.headers) == [both, both, [stored("a", "3")], [], [], both])
        #expect(records.map(\.valueText) == (1...6).map { "\"\($0)\"" })
    }

    @Test func tombstoneHasNoValue() throws {
        let records = try write([Self.record("1", headers: []), Self.record(nil, headers: [])])
        #expect(records.map(\.keyText) == ["\"k\"", "\"k\""])
        #expect(records.map(\.valueText) == ["\"1\"", nil])
    }
}
