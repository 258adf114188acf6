import WireCore

/// Who wrote a batch and where it stands in that producer's order (KIP-98). `none` for producers without an id.
package struct SequenceStamp: Equatable, Sendable {
    package var producerID: Int64
    package var producerEpoch: Int16
    package var baseSequence: Int32

    package init(producerID: Int64, producerEpoch: Int16, baseSequence: Int32) {
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.baseSequence = baseSequence
    }

    package static let none = SequenceStamp(producerID: -1, producerEpoch: -1, baseSequence: -1)
}

extension RecordBatchHeader {
    /// Completes the head of a batch whose records are `payload` and fills in length and checksum.
    package mutating func finish(payload: UnsafeRawBufferPointer) {
        batchLength = Int32(clamping: Self.byteCount - Self.lengthEnd + payload.count)
        var head = ByteWriter(capacityBytes: Self.byteCount)
        encode(into: &head)
        let headChecksum = head.withUnsafeBytes { bytes in
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[Self.checksummedFrom...]))
        }
        checksum = CRC32C.checksum(payload, continuing: headChecksum)
    }
}

extension RecordBatchBuilder {
    /// The batch's head, apart from length and checksum.
    package func header(stamp: SequenceStamp, codec: CompressionCodec) -> RecordBatchHeader {
        var header = RecordBatchHeader()
        header.attributes = codec.rawValue
        header.lastOffsetDelta = max(0, recordCount - 1)
        header.baseTimestamp = baseTimestamp
        header.maxTimestamp = maxTimestamp
        header.producerID = stamp.producerID
        header.producerEpoch = stamp.producerEpoch
        header.baseSequence = stamp.baseSequence
        header.recordCount = recordCount
        return header
    }

    /// The whole batch as bytes, uncompressed or in gzip.
    package func encoded(
        stamp: SequenceStamp = .none, codec: CompressionCodec = .none, baseOffset: Int64 = 0
    ) throws(RecordBatchError) -> [UInt8] {
        var compressed = ByteWriter(capacityBytes: 64)
        try codec.compress(payload, into: &compressed)
        var header = header(stamp: stamp, codec: codec)
        header.baseOffset = baseOffset
        var writer = ByteWriter(capacityBytes: RecordBatchHeader.byteCount + compressed.count)
        compressed.withUnsafeBytes { header.finish(payload: $0) }
        header.encode(into: &writer)
        writer.bytes(of: compressed)
        return writer.array()
    }
}

extension CompressionCodec {
    /// Appends what `payload` is in this codec. Throws `.unsupportedCodec` for those that are not built.
    package func compress(
        _ payload: borrowing ByteWriter, level: Int32 = -1, into writer: inout ByteWriter
    ) throws(RecordBatchError) {
        switch self {
        case .none: writer.bytes(of: payload)
        case .gzip: payload.withUnsafeBytes { Gzip.compress($0, level: level, into: &writer) }
        case .snappy, .lz4, .zstd: throw .unsupportedCodec(name, about: "a batch to be sent")
        }
    }
}
