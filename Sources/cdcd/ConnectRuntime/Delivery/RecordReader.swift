import ConnectData
import KafkaProtocol
import KafkaWire
import WireCore

/// Converts consumed records and applies the transforms to them. Used by the task's thread only.
///
/// A class, since closures would copy a structure with all its plugins for each record.
final class RecordReader {
    private let plugins: RecordPlugins
    private let retryWait: RetryWait

    init(_ plugins: RecordPlugins, retryWait: RetryWait) {
        self.plugins = plugins
        self.retryWait = retryWait
    }

    /// The record as its converters read it.
    ///
    /// - Throws: `RecordStageError`; `CancellationError` if the task is stopped.
    func convert(_ consumed: SinkRecord.Consumed, of place: TopicPartition, offset: Int64) throws -> ConnectRecord {
        let topic = place.topic
        let decodedKey = try run(.keyConverter, plugins.keyConverter.className) {
            try consumed.key.withBytes {
                try plugins.keyConverter.plugin.decode($0, topic: topic, headers: consumed.headers)
            }
        }
        let decodedValue = try run(.valueConverter, plugins.valueConverter.className) {
            try consumed.value.withBytes {
                try plugins.valueConverter.plugin.decode($0, topic: topic, headers: consumed.headers)
            }
        }
        let decodedHeaders = try consumed.headers.map { header in
            let decoded = try run(.headerConverter, plugins.headerConverter.className) {
                try header.value.withBytes {
                    try plugins.headerConverter.plugin.decode($0, header: header.name, topic: topic)
                }
            }
            return ConnectRecord.Header(header.name, schema: decoded.schema, value: decoded.value)
        }
        var record = ConnectRecord(
            topic: topic, partition: place.partition, keySchema: decodedKey.schema, key: decodedKey.value,
            valueSchema: decodedValue.schema, value: decodedValue.value,
            timestampMilliseconds: consumed.timestampMilliseconds, headers: decodedHeaders)
        record.consumedOffset = offset
        return record
    }

    /// Applies the transforms. Returns false if one of them drops the record.
    ///
    /// - Throws: as `convert`.
    func transform(_ record: inout ConnectRecord) throws -> Bool {
        let chain = plugins.transforms
        if chain.isEmpty { return true }
        var position = 0
        do {
            do {
                return try chain.apply(&record, from: &position)
            } catch let error as RetriableError {
                return try retryWait.retry(after: error) { try chain.apply(&record, from: &position) }
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RecordStageError(stage: .transformation, className: chain.className(at: position), cause: error)
        }
    }

    private func run<R>(
        _ stage: RecordStage, _ className: @autoclosure () -> String, _ body: () throws -> R
    ) throws -> R {
        do {
            do { return try body() } catch let error as RetriableError {
                return try retryWait.retry(after: error, body)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RecordStageError(stage: stage, className: className(), cause: error)
        }
    }
}
