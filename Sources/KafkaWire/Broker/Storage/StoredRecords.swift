import KafkaProtocol
import WireCore

/// The records of one batch, looked at in place.
enum StoredRecords {
    /// What the broker wants to know of a record. Ranges count from the first byte of the batch's records.
    struct Record: Equatable {
        /// All of the record, its length included.
        var range: Range<Int>
        var timestampDelta: Int64
        var offsetDelta: Int32
        /// Nil for a record without a key.
        var key: Range<Int>?
    }

    /// Calls `body` with the batch's records, uncompressed; returns nil for a codec that cannot be read, whose batches
    /// are stored and sent as they are.
    ///
    /// - Parameter batch: the whole batch, whose header is `header`.
    static func withPayload<R>(
        of batch: UnsafeRawBufferPointer, _ header: RecordBatchHeader,
        _ body: (UnsafeRawBufferPointer) throws(WireError) -> R
    ) throws(WireError) -> R? {
        guard let codec = CompressionCodec(rawValue: header.codecNumber), codec.isSupported else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.byteCount..<header.totalBytes])
        return try codec.withExpanded(payload) { error in
            WireError(.invalidValue("\(error)"), at: RecordBatchHeader.byteCount)
        } _: { (records) throws(WireError) in try body(records) }
    }

    /// Walks through the records. Throws where they are not `count` whole ones with ascending offsets, and nothing
    /// behind.
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
    /// | value and headers, which the broker passes over.
    @_lifetime(reader: copy reader)
    private static func next(_ reader: inout ByteReader) throws(WireError) -> Record {
        let start = reader.offset
        var content = try reader.slice(Int(try reader.zigZagVarint32()))
        let contentStart = reader.offset - content.remainingBytes
        _ = try content.byte()
        let timestampDelta = try content.zigZagVarint64()
        let offsetDelta = try content.zigZagVarint32()
        let keyBytes = Int(try content.zigZagVarint32())
        var key: Range<Int>?
        if keyBytes != -1 {
            let keyStart = contentStart + content.offset
            try content.skip(keyBytes)
            key = keyStart..<(keyStart + keyBytes)
        }
        return Record(
            range: start..<reader.offset, timestampDelta: timestampDelta, offsetDelta: offsetDelta, key: key)
    }

    /// The first record of the batch whose timestamp is not before `timestamp`. Where the records cannot be read here
    /// it is taken to be the first of all: a consumer then gets more than it asked for, not less.
    static func firstRecord(
        in batch: [UInt8], _ header: RecordBatchHeader, timestampAtLeast timestamp: Int64
    ) throws(WireError) -> PartitionLog.TimedOffset {
        var found: PartitionLog.TimedOffset?
        if header.hasLogAppendTime {
            found = .init(timestamp: header.maxTimestamp, offset: header.baseOffset)
        } else {
            _ = try batch.span.bytes.withUnsafeBytes { (bytes) throws(WireError) in
                try withPayload(of: bytes, header) { (payload) throws(WireError) in
                    try forEach(in: payload, count: header.recordCount) { (record) throws(WireError) in
                        let time = header.baseTimestamp &+ record.timestampDelta
                        guard found == nil, time >= timestamp else { return }
                        found = .init(timestamp: time, offset: header.baseOffset &+ Int64(record.offsetDelta))
                    }
                }
            }
        }
        return found ?? .init(timestamp: header.baseTimestamp, offset: header.baseOffset)
    }
}
