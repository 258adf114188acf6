import WireCore

/// Reads the records of a fetch response: whole record batches, or messages of the formats before Kafka 0.11, the last
/// one possibly truncated.
///
/// Skips records before `offset` (a batch is always sent whole), control records and, for `.readCommitted`, records of
/// aborted transactions; `offset` advances over all of them.
package struct RecordSetReader {
    /// The offset of the next record.
    package private(set) var offset: Int64
    private let topic: String
    private let partition: Int32
    private let expandedBytesMax: Int
    private let checksCRCs: Bool
    private var aborted: AbortedTransactions?

    /// - Parameter aborted: the aborted transactions, whose records are skipped; nil reads everything.
    package init(
        topic: String = "", partition: Int32, offset: Int64, aborted: [FetchResponse.AbortedTransaction]? = nil,
        expandedBytesMax: Int = CompressionCodec.expandedBytesMax, checksCRCs: Bool = true
    ) {
        self.topic = topic
        self.partition = partition
        self.checksCRCs = checksCRCs
        self.offset = offset
        self.expandedBytesMax = expandedBytesMax
        self.aborted = aborted.map { AbortedTransactions($0) }
    }

    /// Calls `body` with every record of `bytes` from `offset` on.
    ///
    /// Throws for a wrong checksum, an invalid length and an unsupported codec, with the batch's offset.
    package mutating func read(_ bytes: [UInt8], _ body: (ConsumedRecord) -> Void) throws(RecordBatchError) {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(RecordBatchError) in try read(bytes, body) }
    }

    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (ConsumedRecord) -> Void
    ) throws(RecordBatchError) {
        var rest = bytes
        while let size = try readBatch(rest, body) { rest = UnsafeRawBufferPointer(rebasing: rest[size...]) }
    }

    /// Calls `body` with the records of the first batch. Returns its size in bytes; nil if there is no whole one.
    package mutating func readBatch(
        _ bytes: UnsafeRawBufferPointer, _ body: (ConsumedRecord) -> Void
    ) throws(RecordBatchError) -> Int? {
        guard bytes.count >= RecordBatchHeader.lengthEnd else { return nil }
        let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
        // The broker truncates at the consumer's limit: the next fetch returns the batch whole.
        if length >= 0, bytes.count < RecordBatchHeader.lengthEnd + length { return nil }
        if length >= MessageSetReader.messageBytesMin, bytes[RecordSetSummary.formatOffset] < 2 {
            let message = UnsafeRawBufferPointer(rebasing: bytes[..<(RecordBatchHeader.lengthEnd + length)])
            let reader = MessageSetReader(
                topic: topic, partition: partition, expandedBytesMax: expandedBytesMax, checksCRCs: checksCRCs)
            try reader.read(message, from: &offset, body)
            return message.count
        }
        let header = try head(of: bytes)
        let batch = UnsafeRawBufferPointer(rebasing: bytes[..<header.totalBytes])
        guard header.nextOffset > offset else { return batch.count }
        guard !checksCRCs || RecordBatchHeader.isChecksumValid(of: batch) else {
            throw malformed(header.baseOffset, WireError(.invalidValue("wrong checksum"), at: 17))
        }
        try read(batch, header, body)
        offset = max(offset, header.nextOffset)
        return batch.count
    }

    private func head(of bytes: UnsafeRawBufferPointer) throws(RecordBatchError) -> RecordBatchHeader {
        do throws(WireError) {
            var reader = ByteReader(bytes)
            let header = try RecordBatchHeader(from: &reader)
            guard header.totalBytes <= bytes.count else {
                throw WireError(.badLength(Int(header.batchLength)), at: 8)
            }
            return header
        } catch { throw malformed(offset, error) }
    }

    private func malformed(_ offset: Int64, _ fault: WireError) -> RecordBatchError {
        .malformed(context: "record batch at offset \(offset) of partition \(partition)", fault)
    }

    private mutating func read(
        _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader, _ body: (ConsumedRecord) -> Void
    ) throws(RecordBatchError) {
        let payload = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount...])
        if header.isControl {
            do throws(WireError) {
                try aborted?.handleControlBatch(header, payload)
            } catch { throw malformed(header.baseOffset, error) }
            return
        }
        if header.isTransactional, aborted?.hides(header) == true { return }
        let codec: CompressionCodec
        do throws(CompressionError) {
            codec = try CompressionCodec(number: header.codecNumber)
        } catch { throw Self.failure(error, header.baseOffset, partition) }
        let partition = partition
        try codec.withExpanded(payload, limitBytes: expandedBytesMax) { error in
            Self.failure(error, header.baseOffset, partition)
        } _: { (bytes) throws(RecordBatchError) in try records(bytes, header, body) }
    }

    static func failure(_ error: CompressionError, _ offset: Int64, _ partition: Int32) -> RecordBatchError {
        let context = "record batch at offset \(offset) of partition \(partition)"
        return switch error {
        case .unsupported(let codec): .unsupportedCodec(codec, about: "the \(context)")
        case .corrupt, .tooLarge:
            .malformed(context: context, WireError(.invalidValue("\(error)"), at: RecordBatchHeader.byteCount))
        }
    }

    private mutating func records(
        _ payload: UnsafeRawBufferPointer, _ header: RecordBatchHeader, _ body: (ConsumedRecord) -> Void
    ) throws(RecordBatchError) {
        var reader = ByteReader(payload)
        for _ in 0..<header.recordCount {
            let record: ConsumedRecord
            do throws(WireError) {
                record = try ConsumedRecord(from: &reader, in: header, topic: topic, partition: partition)
            } catch { throw malformed(header.baseOffset, error) }
            guard record.offset >= offset else { continue }
            body(record)
            offset = record.offset &+ 1
        }
        guard reader.isAtEnd else {
            throw malformed(header.baseOffset, WireError(.trailingBytes(reader.remainingBytes), at: reader.offset))
        }
    }
}

extension ConsumedRecord {
    /// Reads one record of a batch; see `RecordBatchBuilder` for its layout.
    @_lifetime(reader: copy reader)
    package init(
        from reader: inout ByteReader, in batch: RecordBatchHeader, topic: String = "", partition: Int32
    ) throws(WireError) {
        let length = Int(try reader.zigZagVarint32())
        var body = try reader.slice(length)
        _ = try body.byte()
        let timestampDelta = try body.zigZagVarint64()
        let offsetDelta = try body.zigZagVarint32()
        let key = try Self.field(&body)
        let value = try Self.field(&body)
        let headerCount = Int(try body.zigZagVarint32())
        guard headerCount >= 0, headerCount <= body.remainingBytes else {
            throw WireError(.badLength(headerCount), at: body.absoluteOffset)
        }
        var headers: [RecordHeader] = []
        for _ in 0..<headerCount {
            let name = try body.utf8(Int(try body.zigZagVarint32()))
            headers.append(RecordHeader(key: name, value: try Self.field(&body)))
        }
        try body.finish()
        self.init(
            topic: topic, partition: partition, offset: batch.baseOffset &+ Int64(offsetDelta),
            timestampMilliseconds: batch.hasLogAppendTime
                ? batch.maxTimestamp : batch.baseTimestamp &+ timestampDelta,
            key: key, value: value, headers: headers, leaderEpoch: batch.partitionLeaderEpoch,
            timestampType: batch.hasLogAppendTime ? .logAppendTime : .createTime)
    }

    @_lifetime(reader: copy reader)
    private static func field(_ reader: inout ByteReader) throws(WireError) -> [UInt8]? {
        let length = Int(try reader.zigZagVarint32())
        return length == -1 ? nil : try reader.array(length)
    }
}
