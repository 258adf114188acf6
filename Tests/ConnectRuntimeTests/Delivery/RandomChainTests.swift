import ConnectData
import ConnectPlugins
import ConnectRuntime
import DebeziumPlugins
import KafkaProtocol
import PluginTestSupport
import Testing
import WireCore
import WireTestSupport

/// Random chains of transforms and predicates: what is written as bytes, from the shape of records, equals the records
/// of values that are transformed and converted.
@Suite struct RandomChainTests {
    private struct Written: Equatable {
        let topic: String
        let key: [UInt8]?
        let value: [UInt8]?
        let headers: [UInt8]
    }

    private enum Outcome: Equatable {
        case written(Written)
        case dropped
    }

    private static let plugins: PluginRegistry = {
        let replaced = InMemoryRegistry.avroPlugins.map(\.className)
        return PluginRegistry(
            KafkaClasses.plugins.filter { !replaced.contains($0.className) } + InMemoryRegistry.avroPlugins
                + DebeziumClasses.plugins)
    }()

    private static let worker = Result {
        let json = "org.apache.kafka.connect.json.JsonConverter"
        return try WorkerConfiguration(properties: [
            "bootstrap.servers": "b:9092", "group.id": "g", "key.converter": json, "value.converter": json,
            "config.storage.topic": "c", "offset.storage.topic": "o", "status.storage.topic": "s",
        ], plugins: plugins)
    }

    private static let chainCount = 1000

    @Test(arguments: [1, UInt64.random(in: 0 ... .max)]) func shapesChangeAsRecordsDo(seed: UInt64) throws {
        print("RandomChainTests.shapesChangeAsRecordsDo: seed \(seed)")
        var shapes = RandomShapes(SeededGenerator(seed: seed))
        var comparedCounts: [String: Int] = [:]
        for _ in 0..<Self.chainCount {
            let (properties, types) = RandomChains.connector(&shapes)
            // The other generation of Debezium does not have all transforms and options.
            guard var writer = try? ConnectRuntime.RecordWriter(
                connector: properties, worker: try Self.worker.get(), plugins: Self.plugins) else { continue }
            for (kind, shape, inputs) in shapes.table() {
                let path = try writer.path(of: shape)
                guard Self.isConsistent(path) else {
                    let chain = Self.sorted(properties)
                    Issue.record("seed \(seed): a shape of \(kind) does not fit its schema, with \(chain)")
                    return
                }
                for _ in 0..<3 {
                    let row = shapes.values(of: inputs)
                    guard let expected = Self.outcome(of: path, row, writer) else { continue }
                    for type in types { comparedCounts[type, default: 0] += 1 }
                    var record = RandomShapes.record(shape, row)
                    let found = Result { try Self.convert(&record, &writer) }
                    if let found = try? found.get(), found == expected { continue }
                    Issue.record(
                        """
                        seed \(seed): \(kind) of \(shape.topic), inputs \(row): \(Self.text(expected)) as bytes, \
                        \(found.map(Self.text)) as values, with \(Self.sorted(properties))
                        """)
                    return
                }
            }
        }
        for type in RandomChains.types { #expect(comparedCounts[type, default: 0] > 0, "\(type)") }
    }

    private static func sorted(_ properties: [String: String]) -> [String] {
        properties.map { "\($0)=\($1)" }.sorted()
    }

    /// Whether structs have the fields of their schemas.
    private static func isConsistent(_ path: ConnectRuntime.RecordWriter.Path) -> Bool {
        func fits(_ shape: ValueShape, _ schema: Schema?) -> Bool {
            guard let fields = shape.fields else { return true }
            guard let schema, schema.fields.count == fields.count else { return false }
            return zip(fields, schema.fields).allSatisfy { fits($0, $1.schema) }
        }
        guard case .bytes(let parts) = path else { return true }
        let shape = parts.shape
        return fits(shape.key, shape.keySchema) && fits(shape.value, shape.valueSchema)
            && shape.headers.allSatisfy { fits($0.value, $0.schema) }
    }

    /// nil: it is a record of values.
    private static func outcome(
        of path: ConnectRuntime.RecordWriter.Path, _ row: [ConnectValue],
        _ writer: borrowing ConnectRuntime.RecordWriter
    ) -> Outcome? {
        switch path {
        case .records: return nil
        case .dropped: return .dropped
        case .bytes(let parts):
            // A connector emits a record of values if a value does not fit its schema.
            return (try? written(parts, row, writer)).map { .written($0) }
        }
    }

    private static func written(
        _ parts: ConnectRuntime.RecordWriter.Parts, _ row: [ConnectValue],
        _ writer: borrowing ConnectRuntime.RecordWriter
    ) throws -> Written {
        let shape = parts.shape
        func bytes(_ sink: ConverterSink, _ schema: Schema?, _ shape: ValueShape) throws -> [UInt8] {
            var bytes = ByteWriter()
            let value = shape.value(schema) { row[$0] }
            switch sink {
            case .json(let plan): try JSONSink.write(value, plan, into: &bytes)
            case .avro(let plan): try AvroSink.write(value, plan, into: &bytes)
            }
            return bytes.array()
        }
        let key: [UInt8]?
        switch parts.key {
        case .none: key = nil
        case .sink(let sink): key = try bytes(sink, shape.keySchema, shape.key)
        case .converter(let converter):
            var bytes = ByteWriter()
            let value = shape.key.value(shape.keySchema) { row[$0] }
            let isWritten = try converter.convert(value, schema: shape.keySchema, topic: shape.topic, into: &bytes)
            key = isWritten ? bytes.array() : nil
        }
        let headers = try parts.headers
            ?? writer.headers(of: parts, shape.headers.map { header in header.value.value(header.schema) { row[$0] } })
        return Written(
            topic: shape.topic, key: key, value: try parts.value.map { try bytes($0, shape.valueSchema, shape.value) },
            headers: headers.bytes)
    }

    private static func convert(
        _ record: inout ConnectRecord, _ writer: inout ConnectRuntime.RecordWriter
    ) throws -> Outcome {
        guard try writer.convert(&record) else { return .dropped }
        guard record.partition == nil, record.timestampMilliseconds == nil else {
            throw DataError("the record has a partition or timestamp")
        }
        return writer.withConverted { key, value, headers in
            .written(
                Written(
                    topic: record.topic, key: key.map { [UInt8]($0) }, value: value.map { [UInt8]($0) },
                    headers: headers.bytes))
        }
    }

    private static func text(_ outcome: Outcome) -> String {
        func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null" }
        return switch outcome {
        case .dropped: "dropped"
        case .written(let written):
            "\(written.topic), key \(text(written.key)), value \(text(written.value)), headers \(text(written.headers))"
        }
    }
}
