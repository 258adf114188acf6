import ConnectData
import ConnectPlugins
import ConnectRuntime
import DebeziumPlugins
import KafkaProtocol
import PluginTestSupport
import WireCore

/// Applies a connector's transforms and converters to its records, as a task's sink does, without a producer.
package final class EncodingSink: RecordSink {
    /// How rows get from the connector to Kafka's records.
    package enum Path {
        /// As records of values, which are transformed and converted.
        case values
        /// As bytes if the transforms and converters allow it.
        case bytes
        /// As bytes if possible, and then as records of values also; the results are compared.
        case both
    }

    package struct Output: Equatable {
        package let topic: String
        package let partition: Int32?
        package let timestampMilliseconds: Int64?
        package let key: [UInt8]?
        package let value: [UInt8]?
        package let headers: [UInt8]
    }

    /// What `Path.both` has compared.
    package struct Comparison: Sendable {
        /// The number of records that were encoded on both paths, or dropped by a transform on both.
        package var comparedCount = 0
        /// The number of records on whose values the transforms depend.
        package var valueDependentCount = 0
        /// The number of other records that could not be written as bytes.
        package var valuesOnlyCount = 0
        package var differences: [String] = []

        package init() {}

        package mutating func add(_ other: Comparison) {
            comparedCount += other.comparedCount
            valueDependentCount += other.valueDependentCount
            valuesOnlyCount += other.valuesOnlyCount
            differences += other.differences
        }
    }

    /// Of `Path.values` and `Path.bytes`, in order.
    package private(set) var outputs: [Output] = []
    /// The number of outputs that were written as bytes.
    package private(set) var byteRecordCount = 0
    package private(set) var droppedCount = 0
    package var comparison = Comparison()

    private var writer: ConnectRuntime.RecordWriter
    /// Reports why a shape is not written as bytes.
    private let transforms: TransformationChain
    private let path: Path
    /// What `Path.both` did with the row of the record that is emitted next.
    private var written: Written?

    private enum Encoded: Equatable {
        case record(Output)
        case dropped
    }

    private enum Written {
        case encoded(Encoded)
        case dependsOnValues
    }

    /// - Parameter connector: the configuration of the connector; the worker's converter is JsonConverter. The Avro
    ///   converters have a registry in memory.
    package init(_ connector: [String: String], _ path: Path) throws {
        self.path = path
        let replaced = InMemoryRegistry.avroPlugins.map(\.className)
        let registered = KafkaClasses.plugins.filter { !replaced.contains($0.className) }
        let plugins = PluginRegistry(registered + InMemoryRegistry.avroPlugins + DebeziumClasses.plugins)
        let json = "org.apache.kafka.connect.json.JsonConverter"
        let worker = try WorkerConfiguration(properties: [
            "bootstrap.servers": "b:9092", "group.id": "g", "key.converter": json, "value.converter": json,
            "config.storage.topic": "c", "offset.storage.topic": "o", "status.storage.topic": "s",
        ], plugins: plugins)
        writer = try ConnectRuntime.RecordWriter(connector: connector, worker: worker, plugins: plugins)
        transforms = try TransformationChain(configuration: connector, plugins: plugins)
    }

    package func emit(_ record: consuming ConnectRecord) throws -> Bool {
        let written = written.take()
        let encoded: Encoded
        do {
            encoded = try convert(&record)
        } catch {
            if case .encoded = written {
                comparison.differences.append("\(record.topic): only the values fail: \(error)")
            }
            throw error
        }
        guard path == .both else {
            add(encoded)
            return encoded != .dropped
        }
        switch written {
        case .encoded(let bytes):
            comparison.comparedCount += 1
            if bytes != encoded { comparison.differences.append(Self.difference(bytes, encoded)) }
        case .dependsOnValues: comparison.valueDependentCount += 1
        case nil: comparison.valuesOnlyCount += 1
        }
        return encoded != .dropped
    }

    private func convert(_ record: inout ConnectRecord) throws -> Encoded {
        guard try writer.convert(&record) else { return .dropped }
        return writer.withConverted { key, value, headers in
            .record(
                Output(
                    topic: record.topic, partition: record.partition,
                    timestampMilliseconds: record.timestampMilliseconds, key: key.map { [UInt8]($0) },
                    value: value.map { [UInt8]($0) }, headers: headers.bytes))
        }
    }

    private func add(_ encoded: Encoded) {
        switch encoded {
        case .record(let output): outputs.append(output)
        case .dropped: droppedCount += 1
        }
    }

    package func drop() throws { droppedCount += 1 }

    package func encoding(of shape: RecordShape) -> RecordEncoding {
        guard path != .values else { return .records }
        switch (try? writer.path(of: shape)) ?? .records {
        case .records:
            guard path == .both, dependsOnValues(shape) else { return .records }
            return .bytes(notWritten(shape, .dependsOnValues))
        case .dropped:
            guard path == .both else { return .dropped }
            return .bytes(notWritten(shape, .encoded(.dropped)))
        case .bytes(let parts):
            return .bytes(
                ByteEncoding(
                    shape: parts.shape, key: parts.key, value: parts.value,
                    hasVariableHeaders: parts.headers == nil, target: Target(self, parts)))
        }
    }

    private func dependsOnValues(_ shape: RecordShape) -> Bool {
        var shape = shape
        return (try? transforms.apply(to: &shape)) == .dependsOnValues
    }

    /// An encoding that writes nothing, of rows that are emitted as records of values.
    private func notWritten(_ shape: RecordShape, _ reason: Written) -> ByteEncoding {
        ByteEncoding(
            shape: shape, key: .none, value: nil, hasVariableHeaders: false, target: Announcement(self, reason))
    }

    package func checkpoint(partition: JSONObject, offset: JSONObject) throws {}
    package func awaitDelivery() throws {}

    /// Notes what is known of rows that are not written.
    private final class Announcement: ByteTarget {
        private unowned let sink: EncodingSink
        private let announced: Written

        init(_ sink: EncodingSink, _ announced: Written) {
            self.sink = sink
            self.announced = announced
        }

        func append(
            key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headerValues: [ConnectValue]
        ) throws -> Bool {
            sink.written = announced
            return false
        }
    }

    private final class Target: ByteTarget {
        private unowned let sink: EncodingSink
        private let parts: ConnectRuntime.RecordWriter.Parts

        init(_ sink: EncodingSink, _ parts: ConnectRuntime.RecordWriter.Parts) {
            self.sink = sink
            self.parts = parts
        }

        /// For `Path.both` it returns false, so that the connector emits the row as a record of values also.
        func append(
            key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, headerValues: [ConnectValue]
        ) throws -> Bool {
            guard let headers = try? parts.headers ?? sink.writer.headers(of: parts, headerValues) else {
                return false
            }
            let output = Output(
                topic: parts.shape.topic, partition: nil, timestampMilliseconds: nil, key: key.map { [UInt8]($0) },
                value: value.map { [UInt8]($0) }, headers: headers.bytes)
            guard sink.path == .bytes else {
                sink.written = .encoded(.record(output))
                return false
            }
            sink.outputs.append(output)
            sink.byteRecordCount += 1
            return true
        }
    }

    // MARK: Differences

    private static func difference(_ written: Encoded, _ converted: Encoded) -> String {
        switch (written, converted) {
        case (.record(let bytes), .record(let values)):
            "\(values.topic): bytes != values: " + differences(bytes, values).joined(separator: "; ")
        case (.dropped, .record(let values)): "\(values.topic): the record of values is not dropped"
        case (.record(let bytes), .dropped): "\(bytes.topic): only the record of values is dropped"
        case (.dropped, .dropped): "none"
        }
    }

    private static func differences(_ bytes: Output, _ values: Output) -> [String] {
        func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null" }
        func difference(_ name: String, _ left: [UInt8]?, _ right: [UInt8]?) -> String? {
            left == right ? nil : "\(name) \(text(left)) != \(text(right))"
        }
        let isSentEqually =
            (bytes.topic, bytes.partition, bytes.timestampMilliseconds)
            == (values.topic, values.partition, values.timestampMilliseconds)
        return [
            isSentEqually ? nil : "topic \(bytes.topic), partition or timestamp",
            difference("key", bytes.key, values.key), difference("value", bytes.value, values.value),
            difference("headers", bytes.headers, values.headers),
        ].compactMap { $0 }
    }
}
