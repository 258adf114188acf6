import WireCore

extension RecordBatchHeader {
    /// Completes the header of a batch whose records are `payload`: sets length and checksum.
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
    /// The batch's header, without length and checksum.
    package func header(
        stamp: SequenceStamp, codec: CompressionCodec, isTransactional: Bool = false
    ) -> RecordBatchHeader {
        var header = RecordBatchHeader()
        header.attributes = codec.rawValue
        header.isTransactional = isTransactional
        header.lastOffsetDelta = max(0, recordCount - 1)
        header.baseTimestamp = baseTimestamp
        header.maxTimestamp = maxTimestamp
        header.producerID = stamp.producerID
        header.producerEpoch = stamp.producerEpoch
        header.baseSequence = stamp.baseSequence
        header.recordCount = recordCount
        return header
    }

    /// The whole batch as bytes, compressed with `codec`.
    package func encoded(
        stamp: SequenceStamp = .none, codec: CompressionCodec = .none, baseOffset: Int64 = 0
    ) -> [UInt8] {
        let compressed = compressed(with: codec)
        var header = header(stamp: stamp, codec: codec)
        header.baseOffset = baseOffset
        var writer = ByteWriter(capacityBytes: RecordBatchHeader.byteCount + compressed.count)
        compressed.withUnsafeBytes { header.finish(payload: $0) }
        header.encode(into: &writer)
        writer.bytes(of: compressed)
        return writer.array()
    }

    /// The records, compressed with `codec`.
    package func compressed(with codec: CompressionCodec, level: Int32? = nil) -> ByteWriter {
        var writer = ByteWriter(capacityBytes: max(1024, payload.count / 4))
        payload.withUnsafeBytes { codec.compress($0, level: level, into: &writer) }
        return writer
    }
}
