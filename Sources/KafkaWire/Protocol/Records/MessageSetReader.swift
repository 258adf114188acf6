import WireCore

/// Reads messages of the formats before Kafka 0.11, which topics of brokers before 4.0 may contain.
///
/// Layout: offset int64 | size int32 (of what follows) | CRC-32 uint32 (of everything after it) | format int8, 0 or 1
/// | attributes int8 | timestamp int64, format 1 only | key length int32 (-1 null), key | value length int32, value
/// Attributes: bits 0-2 codec, 3 the timestamp is the broker's (format 1).
/// The value of a compressed message is a set of messages. Its offset is that of its last message; in format 1 the
/// inner offsets are relative to that of the first (KIP-31).
struct MessageSetReader {
    /// The size of the smallest message after its size field.
    static let messageBytesMin = 14

    let topic: String
    let partition: Int32
    let expandedBytesMax: Int
    let checksCRCs: Bool

    private struct Message {
        let offset: Int64
        let format: UInt8
        let codecNumber: Int16
        /// The broker's timestamp, which holds for all messages of a set.
        let logAppendTime: Int64?
        let timestamp: Int64
        let key: [UInt8]?
        /// The place of the value in the message; nil is Kafka's null.
        let value: Range<Int>?
    }

    /// Calls `body` with the records of a message from `offset` on, and advances `offset` over it.
    func read(
        _ bytes: UnsafeRawBufferPointer, from offset: inout Int64, _ body: (ConsumedRecord) -> Void
    ) throws(RecordBatchError) {
        let message = try parse(bytes)
        guard message.offset >= offset else { return }
        if message.codecNumber == 0 {
            body(record(message, bytes, offset: message.offset))
        } else if let value = message.value {
            for record in try records(in: UnsafeRawBufferPointer(rebasing: bytes[value]), of: message)
            where record.offset >= offset { body(record) }
        }
        offset = message.offset &+ 1
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) throws(RecordBatchError) -> Message {
        let offset = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        let checksum = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        let checked = UnsafeRawBufferPointer(rebasing: bytes[RecordSetSummary.formatOffset...])
        guard !checksCRCs || CRC32.checksum(checked) == checksum else {
            throw malformed(offset, WireError(.invalidValue("wrong checksum"), at: 12))
        }
        do throws(WireError) {
            var reader = ByteReader(bytes)
            _ = try reader.slice(RecordSetSummary.formatOffset)
            let format = try reader.byte()
            let attributes = try reader.byte()
            let timestamp = format == 1 ? try reader.bigEndian(Int64.self) : -1
            let keyLength = Int(try reader.bigEndian(Int32.self))
            let key = keyLength == -1 ? nil : try reader.array(keyLength)
            let valueLength = Int(try reader.bigEndian(Int32.self))
            let start = reader.absoluteOffset
            if valueLength != -1 { _ = try reader.slice(valueLength) }
            try reader.finish()
            return Message(
                offset: offset, format: format, codecNumber: Int16(attributes & 0x07),
                logAppendTime: format == 1 && attributes & 0x08 != 0 ? timestamp : nil, timestamp: timestamp,
                key: key, value: valueLength == -1 ? nil : start..<(start + valueLength))
        } catch { throw malformed(offset, error) }
    }

    private func records(
        in payload: UnsafeRawBufferPointer, of wrapper: Message
    ) throws(RecordBatchError) -> [ConsumedRecord] {
        let codec: CompressionCodec
        do throws(CompressionError) {
            codec = try CompressionCodec(number: wrapper.codecNumber)
        } catch { throw RecordSetReader.failure(error, wrapper.offset, partition) }
        return try codec.withExpanded(
            payload, messageFormat: Int8(bitPattern: wrapper.format), limitBytes: expandedBytesMax
        ) { error in
            RecordSetReader.failure(error, wrapper.offset, partition)
        } _: { (bytes) throws(RecordBatchError) in
            try inner(bytes, of: wrapper)
        }
    }

    private func inner(
        _ bytes: UnsafeRawBufferPointer, of wrapper: Message
    ) throws(RecordBatchError) -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= RecordBatchHeader.lengthEnd + Self.messageBytesMin else {
                throw malformed(wrapper.offset, WireError(.badLength(rest.count), at: bytes.count - rest.count))
            }
            let size = Int(Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
            let end = RecordBatchHeader.lengthEnd + size
            guard size >= Self.messageBytesMin, end <= rest.count else {
                throw malformed(wrapper.offset, WireError(.badLength(size), at: bytes.count - rest.count))
            }
            let bytes = UnsafeRawBufferPointer(rebasing: rest[..<end])
            let message = try parse(bytes)
            // Kafka has no nested sets, so the depth is bounded.
            guard message.format == wrapper.format, message.codecNumber == 0 else {
                throw malformed(wrapper.offset, WireError(.invalidValue("message in a message set"), at: 0))
            }
            var record = record(message, bytes, offset: message.offset)
            if let time = wrapper.logAppendTime {
                record.timestampMilliseconds = time
                record.timestampType = .logAppendTime
            }
            records.append(record)
            rest = UnsafeRawBufferPointer(rebasing: rest[end...])
        }
        guard wrapper.format == 1, let last = records.last?.offset else { return records }
        for index in records.indices { records[index].offset = wrapper.offset &- last &+ records[index].offset }
        return records
    }

    private func record(_ message: Message, _ bytes: UnsafeRawBufferPointer, offset: Int64) -> ConsumedRecord {
        ConsumedRecord(
            topic: topic, partition: partition, offset: offset, timestampMilliseconds: message.timestamp,
            key: message.key, value: message.value.map { Array(bytes[$0]) },
            timestampType: message.logAppendTime == nil ? .createTime : .logAppendTime)
    }

    private func malformed(_ offset: Int64, _ fault: WireError) -> RecordBatchError {
        .malformed(context: "message at offset \(offset) of partition \(partition)", fault)
    }
}
