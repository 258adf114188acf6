import KafkaProtocol
import WireCore

/// A batch as it is sent: its header, and its records, compressed or not.
struct OutgoingBatch: RequestPayload {
    private enum Payload: Sendable {
        case plain(SealedBatch)
        case compressed(CompressedPayload)
    }

    let topic: String
    let partition: Int32
    let header: RecordBatchHeader
    private let payload: Payload

    /// Compresses and checksums. The same batch with the same stamp always gives the same bytes.
    init(
        topic: String, partition: Int32, _ batch: SealedBatch, _ stamp: SequenceStamp,
        _ configuration: ProducerConfiguration, isTransactional: Bool = false
    ) throws(KafkaError) {
        self.topic = topic
        self.partition = partition
        let codec = configuration.compression
        var header = batch.builder.header(stamp: stamp, codec: codec, isTransactional: isTransactional)
        if codec == .none {
            payload = .plain(batch)
            batch.builder.payload.withUnsafeBytes { header.finish(payload: $0) }
        } else {
            let compressed = try CompressedPayload(batch, codec, level: configuration.compressionLevel)
            payload = .compressed(compressed)
            compressed.bytes.withUnsafeBytes { header.finish(payload: $0) }
        }
        self.header = header
    }

    var payloadBytes: Int { header.payloadBytes }

    func withPayload<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        switch payload {
        case .plain(let batch): try batch.builder.payload.withUnsafeBytes(body)
        case .compressed(let compressed): try compressed.bytes.withUnsafeBytes(body)
        }
    }
}

private final class CompressedPayload: Sendable {
    let bytes: ByteWriter

    init(_ batch: SealedBatch, _ codec: CompressionCodec, level: Int32) throws(KafkaError) {
        do throws(RecordBatchError) {
            bytes = try batch.builder.compressed(with: codec, level: level)
        } catch { throw KafkaError(error) }
    }
}

extension RequestSender {
    /// The maximum size of payloads that are copied into the request, so that many small batches take one write.
    private static let copiedBytesMax = 32 << 10

    /// Sends a Produce request in a version that names topics (3 to 12).
    ///
    /// Encoded by hand, unlike other messages, so that large batches are written from their memory to the stream; the
    /// layout is `ProduceRequest`'s.
    func sendProduce(
        _ batches: [OutgoingBatch], version: Int16, acks: ProducerConfiguration.Acknowledgements,
        timeoutMilliseconds: Int, transactionalID: String? = nil
    ) throws(KafkaError) -> Int32 {
        let topics = Dictionary(grouping: batches, by: \.topic)
        return try send(.produce, version: version) { writer, insertions in
            writer.nullableString(transactionalID)
            writer.int16(acks.rawValue)
            writer.int32(Int32(clamping: timeoutMilliseconds))
            writer.arrayCount(topics.count)
            for (name, batches) in topics {
                writer.string(name)
                writer.arrayCount(batches.count)
                for batch in batches {
                    writer.int32(batch.partition)
                    writer.arrayCount(batch.header.totalBytes)
                    batch.header.encode(into: &writer.bytes)
                    if batch.payloadBytes <= Self.copiedBytesMax {
                        batch.withPayload { writer.bytes.bytes($0) }
                    } else {
                        insertions.append((writer.bytes.count, batch))
                    }
                    if writer.isFlexible { writer.taggedFieldCount(0) }
                }
                if writer.isFlexible { writer.taggedFieldCount(0) }
            }
            if writer.isFlexible { writer.taggedFieldCount(0) }
        }
    }
}
