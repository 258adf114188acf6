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
    private var open: OpenSet?

    /// What is begun and not read to its end.
    private enum OpenSet {
        case batch(OpenBatch)
        /// In a format before Kafka 0.11.
        case messages(ArraySlice<ConsumedRecord>)
    }

    private struct OpenBatch {
        let header: RecordBatchHeader
        var recordsLeft: Int
        /// Where the next record begins in the records.
        var position = 0
        /// The records, if they are compressed.
        var expanded: [UInt8]?
    }

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
        while true {
            var records: [ConsumedRecord] = []
            defer { for record in records { body(record) } }
            guard let size = try readBatch(rest, max: .max, into: &records) else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        }
    }

    /// Appends the next records of the first batch, at most `max`.
    ///
    /// - Returns: the batch's size in bytes if all of it is read; 0 if the next call continues with it, for which
    ///   `bytes` must be the same; nil if there is no whole batch.
    package mutating func readBatch(
        _ bytes: UnsafeRawBufferPointer, max: Int, into records: inout [ConsumedRecord]
    ) throws(RecordBatchError) -> Int? {
        guard let size = try begin(bytes) else { return nil }
        switch open {
        case nil: return size
        case .messages(let rest)?:
            records += rest.prefix(max)
            open = rest.count > max ? .messages(rest.dropFirst(max)) : nil
        case .batch(var batch)?:
            // The expanded records must not be copied.
            open = nil
            let payload = UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount..<size])
            do throws(RecordBatchError) {
                try read(&batch, payload, max: max, into: &records)
            } catch {
                open = .batch(batch)
                throw error
            }
            if batch.recordsLeft > 0 {
                open = .batch(batch)
            } else {
                offset = Swift.max(offset, batch.header.nextOffset)
            }
        }
        if case nil = open { return size }
        return 0
    }

    /// Checks and expands the first batch, unless it is the one that is being read. Without records that are wanted
    /// nothing is open afterwards. Returns its size; nil if there is no whole batch.
    private mutating func begin(_ bytes: UnsafeRawBufferPointer) throws(RecordBatchError) -> Int? {
        guard bytes.count >= RecordBatchHeader.lengthEnd else { return nil }
        let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
        // The broker truncates at the consumer's limit: the next fetch returns the batch whole.
        if length >= 0, bytes.count < RecordBatchHeader.lengthEnd + length { return nil }
        if case .some = open { return RecordBatchHeader.lengthEnd + length }
        if length >= MessageSetReader.messageBytesMin, bytes[RecordSetSummary.formatOffset] < 2 {
            let message = UnsafeRawBufferPointer(rebasing: bytes[..<(RecordBatchHeader.lengthEnd + length)])
            let reader = MessageSetReader(
                topic: topic, partition: partition, expandedBytesMax: expandedBytesMax, checksCRCs: checksCRCs)
            var messages: [ConsumedRecord] = []
            try reader.read(message, from: &offset) { messages.append($0) }
            if !messages.isEmpty { open = .messages(messages[...]) }
            return message.count
        }
        let header = try head(of: bytes)
        let batch = UnsafeRawBufferPointer(rebasing: bytes[..<header.totalBytes])
        guard header.nextOffset > offset else { return batch.count }
        guard !checksCRCs || RecordBatchHeader.isChecksumValid(of: batch) else {
            throw malformed(header.baseOffset, WireError(.invalidValue("wrong checksum"), at: 17))
        }
        open = try expand(batch, header).map { .batch($0) }
        if case nil = open { offset = max(offset, header.nextOffset) }
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

    /// nil for a batch without records for the program.
    private mutating func expand(
        _ batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader
    ) throws(RecordBatchError) -> OpenBatch? {
        let payload = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount...])
        if header.isControl {
            do throws(WireError) {
                try aborted?.handleControlBatch(header, payload)
            } catch { throw malformed(header.baseOffset, error) }
            return nil
        }
        if header.isTransactional, aborted?.hides(header) == true { return nil }
        var open = OpenBatch(header: header, recordsLeft: Int(header.recordCount))
        do throws(CompressionError) {
            let codec = try CompressionCodec(number: header.codecNumber)
            if codec != .none { open.expanded = try codec.expanded(payload, limitBytes: expandedBytesMax) }
        } catch { throw Self.failure(error, header.baseOffset, partition) }
        return open
    }

    static func failure(_ error: CompressionError, _ offset: Int64, _ partition: Int32) -> RecordBatchError {
        let context = "record batch at offset \(offset) of partition \(partition)"
        return switch error {
        case .unsupported(let codec): .unsupportedCodec(codec, about: "the \(context)")
        case .corrupt, .tooLarge:
            .malformed(context: context, WireError(.invalidValue("\(error)"), at: RecordBatchHeader.byteCount))
        }
    }

    /// - Parameter payload: what follows the batch's header.
    private mutating func read(
        _ batch: inout OpenBatch, _ payload: UnsafeRawBufferPointer, max: Int, into records: inout [ConsumedRecord]
    ) throws(RecordBatchError) {
        guard let expanded = batch.expanded else { return try readRecords(&batch, payload, max: max, into: &records) }
        try expanded.span.bytes.withUnsafeBytes { (bytes) throws(RecordBatchError) in
            try readRecords(&batch, bytes, max: max, into: &records)
        }
    }

    private mutating func readRecords(
        _ batch: inout OpenBatch, _ payload: UnsafeRawBufferPointer, max: Int, into records: inout [ConsumedRecord]
    ) throws(RecordBatchError) {
        let start = batch.position
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: payload[start...]))
        let end = records.count &+ Swift.min(max, Int.max - records.count)
        while batch.recordsLeft > 0, records.count < end {
            let record: ConsumedRecord
            do throws(WireError) {
                record = try ConsumedRecord(from: &reader, in: batch.header, topic: topic, partition: partition)
            } catch { throw malformed(batch.header.baseOffset, error) }
            batch.recordsLeft -= 1
            batch.position = start + reader.offset
            guard record.offset >= offset else { continue }
            records.append(record)
            offset = record.offset &+ 1
        }
        guard batch.recordsLeft > 0 || reader.isAtEnd else {
            throw malformed(
                batch.header.baseOffset, WireError(.trailingBytes(reader.remainingBytes), at: batch.position))
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
