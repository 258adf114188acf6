import ConnectData
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireStreams

@testable import ConnectRuntime

@Suite struct RecordWriterTests {
    /// Keeps what it is given.
    private final class KeepingProducer: RecordProducer {
        struct Kept: Sendable {
            let key: String?
            let value: String?
            let headers: EncodedHeaders
        }

        let kept = Monitor<[Kept]>([])

        func topic(_ name: String) throws -> TopicHandle { TopicHandle(name: name, topic: nil) }

        func append(
            to topic: TopicHandle, partition: Int32?, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
            headers: EncodedHeaders, timestampMilliseconds: Int64?, tag: UInt64
        ) throws {
            let record = Kept(
                key: key.map { String(decoding: $0, as: UTF8.self) },
                value: value.map { String(decoding: $0, as: UTF8.self) }, headers: headers)
            kept.update { $0.append(record) }
        }

        func flush() {}
        func close(timeoutMilliseconds: Int) {}
        func abort() {}
    }

    private static let text = Schema(.string)

    private static func record(_ value: String?, topic: String = "t", headers: [ConnectRecord.Header]) -> ConnectRecord {
        ConnectRecord(
            topic: topic, keySchema: text, key: .string("k"), valueSchema: value == nil ? nil : text,
            value: value.map { .string($0) } ?? .null, headers: headers)
    }

    private static func header(_ name: String, _ value: String) -> ConnectRecord.Header {
        ConnectRecord.Header(name, schema: text, value: .string(value))
    }

    /// What arrives at the producer.
    private func write(_ records: [ConnectRecord]) throws -> [KeepingProducer.Kept] {
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
        let producer = KeepingProducer()
        for record in records {
            var record = record
            guard try writer.convert(&record) else { continue }
            try writer.append(
                to: producer.topic(record.topic), of: producer, partition: record.partition,
                timestampMilliseconds: nil, tag: 0)
        }
        return producer.kept.withLock { $0 }
    }

    @Test func eachRecordGetsItsOwnHeaders() throws {
        let shared = [Self.header("a", "1"), Self.header("b", "2")]
        let other = [Self.header("a", "3")]
        let kept = try write([
            Self.record("1", headers: shared), Self.record("2", headers: shared), Self.record("3", headers: other),
            Self.record("4", headers: []), Self.record("5", headers: []), Self.record("6", topic: "u", headers: shared),
        ])
        func encoded(_ pairs: [(String, String)]) -> EncodedHeaders {
            EncodedHeaders(pairs.map { RecordHeader(key: $0.0, value: Array($0.1.utf8)) })
        }
        let both = encoded([("a", "1"), ("b", "2")])
        #expect(kept.map(\.headers) == [both, both, encoded([("a", "3")]), .none, .none, both])
        #expect(kept.map(\.value) == (1...6).map { "\"\($0)\"" })
    }

    @Test func aTombstoneHasNoValue() throws {
        let kept = try write([Self.record("1", headers: []), Self.record(nil, headers: [])])
        #expect(kept.map(\.key) == ["\"k\"", "\"k\""])
        #expect(kept.map(\.value) == ["\"1\"", nil])
    }
}
