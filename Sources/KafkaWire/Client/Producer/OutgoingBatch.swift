import KafkaProtocol
import WireCore

/// A batch as it is sent: its header, and its records, compressed or not.
struct OutgoingBatch: RequestPayload {
    private enum Payload: Sendable {
        case plain(SealedBatch)
        case compressed(CompressedPayload)
    }

    let topic: String
    let topicID: KafkaUUID
    let partition: Int32
    let header: RecordBatchHeader
    private let payload: Payload

    /// Compresses and checksums. The same batch with the same stamp always gives the same bytes.
    init(
        topic: String, topicID: KafkaUUID = .zero, partition: Int32, _ batch: SealedBatch, _ stamp: SequenceStamp,
        _ configuration: ProducerConfiguration, isTransactional: Bool = false
    ) {
        self.topic = topic
        self.topicID = topicID
        self.partition = partition
        let codec = configuration.compression
        var header = batch.builder.header(stamp: stamp, codec: codec, isTransactional: isTransactional)
        if codec == .none {
            payload = .plain(batch)
            batch.builder.payload.withUnsafeBytes { header.finish(payload: $0) }
        } else {
            let compressed = CompressedPayload(batch, codec, level: configuration.compressionLevels[codec])
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

    init(_ batch: SealedBatch, _ codec: CompressionCodec, level: Int32?) {
        bytes = batch.builder.compressed(with: codec, level: level)
    }
}

/// The content of a Produce request: with the names of topics up to version 12, with their ids from 13 on.
///
/// Encoded by hand, unlike other messages, so that large batches are written from their memory to the stream; the
/// layout is `ProduceRequest`'s.
struct OutgoingRequest {
    /// The maximum size of payloads that are copied into the request, so that many small batches take one write.
    static let copiedBytesMax = 32 << 10

    let batches: [OutgoingBatch]
    let acks: ProducerConfiguration.Acknowledgements
    let timeoutMilliseconds: Int
    var transactionalID: String?

    /// - Parameter insert: called for each payload that is not copied, with its offset in the writer.
    func encode(
        into writer: inout KafkaWriter, version: Int16, copiedBytesMax: Int, insert: (Int, OutgoingBatch) -> Void
    ) {
        let hasIDs = version >= BatchSender.topicIDVersion
        writer.nullableString(transactionalID)
        writer.int16(acks.rawValue)
        writer.int32(Int32(clamping: timeoutMilliseconds))
        if batches.count == 1 {
            writer.arrayCount(1)
            encode(batches, hasIDs: hasIDs, into: &writer, copiedBytesMax, insert)
        } else {
            let topics = Dictionary(grouping: batches, by: \.topic)
            writer.arrayCount(topics.count)
            for batches in topics.values { encode(batches, hasIDs: hasIDs, into: &writer, copiedBytesMax, insert) }
        }
        if writer.isFlexible { writer.taggedFieldCount(0) }
    }

    private func encode(
        _ batches: [OutgoingBatch], hasIDs: Bool, into writer: inout KafkaWriter, _ copiedBytesMax: Int,
        _ insert: (Int, OutgoingBatch) -> Void
    ) {
        if hasIDs { writer.uuid(batches[0].topicID) } else { writer.string(batches[0].topic) }
        writer.arrayCount(batches.count)
        for batch in batches {
            writer.int32(batch.partition)
            writer.arrayCount(batch.header.totalBytes)
            batch.header.encode(into: &writer.bytes)
            if batch.payloadBytes <= copiedBytesMax {
                batch.withPayload { writer.bytes.bytes($0) }
            } else {
                insert(writer.bytes.count, batch)
            }
            if writer.isFlexible { writer.taggedFieldCount(0) }
        }
        if writer.isFlexible { writer.taggedFieldCount(0) }
    }
}

extension RequestSender {
    /// Sends a Produce request.
    func send(_ request: OutgoingRequest, version: Int16) throws(KafkaError) {
        _ = try send(.produce, version: version) { writer, insertions in
            request.encode(into: &writer, version: version, copiedBytesMax: OutgoingRequest.copiedBytesMax) {
                insertions.append(($0, $1))
            }
        }
    }

    /// Sends as much of a Produce request as the system accepts at once; see `sendAvailable(_:version:_:)`.
    func sendAvailable(_ request: OutgoingRequest, version: Int16) throws(KafkaError) -> Bool {
        try sendAvailable(.produce, version: version) { writer in
            request.encode(into: &writer, version: version, copiedBytesMax: .max) { _, _ in }
        }
    }
}
