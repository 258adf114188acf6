import ConnectData
import KafkaProtocol
import KafkaWire
import PluginTestSupport
import Testing
import WireCore
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

    // MARK: Headers of converters

    /// Writes strings, and adds a header with topic and name of the schema. Any null is Kafka's.
    private final class NamingConverter: Converter {
        private let type: String
        private let hasSink: Bool

        init(_ properties: [String: String]) {
            type = properties["converter.type"] ?? ""
            hasSink = properties["sink"] != "false"
        }

        static let plugin = PluginDescriptor(
            "NamingConverter", ConfigDefinition([]),
            factory: .converter { context throws(ConfigError) in NamingConverter(context.properties) })

        func convert(
            _ value: ConnectValue, schema: Schema?, topic: String, into writer: inout ByteWriter
        ) throws -> Bool {
            writer.utf8(value.stringValue ?? "")
            return !value.isNull
        }

        func sink(for schema: Schema, topic: String) throws -> ConverterSink? {
            hasSink ? .json(try JSONSinkPlan(schema, options: .init())) : nil
        }

        var addsRecordHeaders: Bool { true }

        func recordHeaders(for schema: Schema?, topic: String) throws -> [RawHeader] {
            [RawHeader(type, Array("\(topic) \(schema?.name ?? "-")".utf8))]
        }

        func decode(
            _ bytes: UnsafeRawBufferPointer?, topic: String, headers: [RawHeader]
        ) throws -> SchemaAndValue { .null }
    }

    private static func namingWriter(_ connector: [String: String] = [:]) throws -> ConnectRuntime.RecordWriter {
        let plugins = TestPlugins.registry(adding: [NamingConverter.plugin])
        let worker = try WorkerConfiguration(properties: [
            "bootstrap.servers": "localhost:9092", "group.id": "g", "key.converter": "NamingConverter",
            "value.converter": "NamingConverter", "config.storage.topic": "c", "offset.storage.topic": "o",
            "status.storage.topic": "s",
        ], plugins: plugins)
        return try ConnectRuntime.RecordWriter(connector: connector, worker: worker, plugins: plugins)
    }

    private static func headers(_ texts: [(String, String)]) -> EncodedHeaders {
        EncodedHeaders(texts.map { RecordHeader(key: $0, value: Array($1.utf8)) })
    }

    @Test func headersOfConvertersFollowThoseOfTheRecord() throws {
        var writer = try Self.namingWriter()
        let (k, v) = (Schema(.string, name: "K"), Schema(.string, name: "V"))
        func converted(
            _ topic: String, _ keySchema: Schema?, _ valueSchema: Schema?, _ headers: [ConnectRecord.Header]
        ) throws -> EncodedHeaders {
            var record = ConnectRecord(
                topic: topic, keySchema: keySchema, key: keySchema == nil ? .null : .string("k"),
                valueSchema: valueSchema, value: valueSchema == nil ? .null : .string("v"), headers: headers)
            _ = try writer.convert(&record)
            return writer.withConverted { $2 }
        }
        let own = [Self.header("a", "1")]
        let both = Self.headers([("a", "1"), ("key", "t K"), ("value", "t V")])
        #expect(try converted("t", k, v, own) == both)
        #expect(try converted("t", k, v, own) == both)
        #expect(try converted("t", k, nil, own) == Self.headers([("a", "1"), ("key", "t K")]))
        #expect(try converted("t", nil, v, own) == Self.headers([("a", "1"), ("value", "t V")]))
        #expect(try converted("u", k, v, own) == Self.headers([("a", "1"), ("key", "u K"), ("value", "u V")]))
        #expect(try converted("u", v, v, []) == Self.headers([("key", "u V"), ("value", "u V")]))
        #expect(try converted("u", nil, nil, []) == .none)
    }

    @Test func bytesGetTheHeadersOfConverters() throws {
        let writer = try Self.namingWriter()
        let (k, v) = (Schema(.string, name: "K"), Schema(.string, name: "V"))
        func parts(_ shape: RecordShape) throws -> ConnectRuntime.RecordWriter.Parts {
            guard case .bytes(let parts) = try writer.path(of: shape) else { throw DataError("not written as bytes") }
            return parts
        }
        var shape = RecordShape(
            topic: "t", keySchema: k, key: .input(0), valueSchema: v, value: .input(1),
            headers: [.init("a", schema: Self.text, value: .constant(.string("1")))])
        let all = Self.headers([("a", "1"), ("key", "t K"), ("value", "t V")])
        #expect(try parts(shape).headers == all)
        (shape.valueSchema, shape.value) = (nil, .null)
        #expect(try parts(shape).headers == Self.headers([("a", "1"), ("key", "t K")]))
        shape.headers = [.init("a", schema: Self.text, value: .input(2))]
        #expect(try parts(shape).headers == nil)
        #expect(
            try writer.headers(of: parts(shape), [.string("2")]) == Self.headers([("a", "2"), ("key", "t K")]))
    }

    // MARK: Nulls with a schema

    private static let nullable = Schema(.string, isOptional: true, name: "N")

    private static func parts(
        _ writer: borrowing ConnectRuntime.RecordWriter, key: ValueShape, value: ValueShape
    ) throws -> ConnectRuntime.RecordWriter.Parts? {
        let shape = RecordShape(
            topic: "t", keySchema: nullable, key: key, valueSchema: nullable, value: value, headers: [])
        guard case .bytes(let parts) = try writer.path(of: shape) else { return nil }
        return parts
    }

    /// As ExtractNewRecordState makes of a delete.
    @Test func nullWithASchemaIsWrittenAsItsConverterDoes() throws {
        let writer = try Self.namingWriter()
        let tombstone = try #require(try Self.parts(writer, key: .input(0), value: .null))
        #expect(tombstone.value == nil)
        #expect(tombstone.headers == Self.headers([("key", "t N")]))
        let withoutKey = try #require(try Self.parts(writer, key: .null, value: .input(0)))
        guard case .none = withoutKey.key else { throw DataError("there is a key") }
        #expect(withoutKey.value != nil)
        #expect(withoutKey.headers == Self.headers([("value", "t N")]))

        let json = "org.apache.kafka.connect.json.JsonConverter"
        let jsonWriter = try Self.namingWriter(["key.converter": json, "value.converter": json])
        let written = try #require(try Self.parts(jsonWriter, key: .null, value: .null))
        #expect(written.value != nil)
        guard case .sink = written.key else { throw DataError("there is no key") }
    }

    /// The converter adds its header to records whose key is not null.
    @Test func keyThatMayBeNullNeedsItsValueForHeadersOfItsConverter() throws {
        let writer = try Self.namingWriter(["key.converter": "NamingConverter", "key.converter.sink": "false"])
        #expect(try Self.parts(writer, key: .input(0), value: .input(1)) == nil)
        let parts = try #require(try Self.parts(writer, key: .input(0, default: .string("d")), value: .input(1)))
        #expect(parts.headers == Self.headers([("key", "t N"), ("value", "t N")]))
    }
}
