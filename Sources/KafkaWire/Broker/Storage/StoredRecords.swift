import KafkaProtocol
import WireCore

/// Reads the records of a stored batch in place.
enum StoredRecords {
    /// The fields of a record that the broker uses. Ranges are relative to the first byte of the batch's records.
    struct Record: Equatable {
        /// The whole record with its length.
        var range: Range<Int>
        var timestampDelta: Int64
        var offsetDelta: Int32
        /// nil for a record without a key.
        var key: Range<Int>?
        /// Whether it has no value.
        var isTombstone: Bool
        /// The record from its offset delta on.
        var rest: Range<Int>
    }

    /// Calls `body` with the batch's records, decompressed. Returns nil for a codec that is not defined.
    ///
    /// - Parameter batch: the whole batch, whose header is `header`.
    static func withPayload<R>(
        of batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader,
        _ body: (UnsafeRawBufferPointer) throws(WireError) -> R
    ) throws(WireError) -> R? {
        guard let codec = CompressionCodec(rawValue: header.codecNumber) else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount..<header.totalBytes])
        return try codec.withExpanded(payload) { error in
            WireError(.invalidValue("\(error)"), at: RecordBatchHeader.byteCount)
        } _: { (records) throws(WireError) in try body(records) }
    }

    /// Calls `body` for each record. Throws unless there are exactly `count` whole records with ascending offsets.
    static func forEach(
        in payload: UnsafeRawBufferPointer, count: Int32, _ body: (Record) throws(WireError) -> Void
    ) throws(WireError) {
        var reader = ByteReader(payload)
        var previous: Int32 = -1
        for _ in 0..<max(0, count) {
            let record = try next(&reader)
            guard record.offsetDelta > previous else {
                throw WireError(.invalidValue("offset delta \(record.offsetDelta) after \(previous)"), at: reader.offset)
            }
            previous = record.offsetDelta
            try body(record)
        }
        try reader.finish()
    }

    /// Layout: length varint | attributes i8 | timestamp delta varlong | offset delta varint | key length varint | key
    /// | value length varint | value and headers, which the broker skips.
    @_lifetime(reader: copy reader)
    private static func next(_ reader: inout ByteReader) throws(WireError) -> Record {
        let start = reader.offset
        var content = try reader.slice(Int(try reader.zigZagVarint32()))
        let contentStart = reader.offset - content.remainingBytes
        _ = try content.byte()
        let timestampDelta = try content.zigZagVarint64()
        let restStart = contentStart + content.offset
        let offsetDelta = try content.zigZagVarint32()
        let keyBytes = Int(try content.zigZagVarint32())
        var key: Range<Int>?
        if keyBytes != -1 {
            let keyStart = contentStart + content.offset
            try content.skip(keyBytes)
            key = keyStart..<(keyStart + keyBytes)
        }
        let valueBytes = try content.zigZagVarint32()
        return Record(
            range: start..<reader.offset, timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key,
            isTombstone: valueBytes == -1, rest: restStart..<reader.offset)
    }

    /// Writes the record with another timestamp delta.
    static func write(
        _ record: Record, of payload: UnsafeRawBufferPointer, timestampDelta: Int64, to writer: inout ByteWriter
    ) {
        let bytes = 1 + Varint.zigZagSize(timestampDelta) + record.rest.count
        writer.zigZagVarint(Int64(bytes))
        writer.byte(0)
        writer.zigZagVarint(timestampDelta)
        writer.bytes(UnsafeRawBufferPointer(rebasing: payload[record.rest]))
    }

    /// The first record of the batch with at least this timestamp and offset; nil if there is none. If the records
    /// cannot be decompressed, the batch's first record, so that a consumer gets too many records rather than too few.
    static func firstRecord(
        in batch: [UInt8], _ header: RecordBatchHeader, timestampAtLeast timestamp: Int64, offsetAtLeast offset: Int64
    ) throws(WireError) -> PartitionLog.TimedOffset? {
        if header.hasLogAppendTime {
            return .init(timestamp: header.maxTimestamp, offset: max(header.baseOffset, offset))
        }
        var found: PartitionLog.TimedOffset?
        let wasRead = try batch.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
            try withPayload(of: bytes, header) { (payload) throws(WireError) in
                try forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                    let time = header.baseTimestamp &+ record.timestampDelta
                    let recordOffset = header.baseOffset &+ Int64(record.offsetDelta)
                    guard found == nil, time >= timestamp, recordOffset >= offset else { return }
                    found = .init(timestamp: time, offset: recordOffset)
                }
                return true
            }
        }
        if wasRead == nil { return .init(timestamp: header.baseTimestamp, offset: max(header.baseOffset, offset)) }
        return found
    }
}
