import WireCore

/// The header of a record batch, magic 2 (protocol documentation, "Record Batch"; KIP-98).
///
/// Layout: base offset int64 | batch length int32 (of what follows) | partition leader epoch int32 | magic int8
/// | CRC-32C uint32 (of everything after it) | attributes int16 | last offset delta int32 | base timestamp int64
/// | max timestamp int64 | producer id int64 | producer epoch int16 | base sequence int32 | record count int32
/// Attributes: bits 0-2 codec, 3 timestamps are the broker's, 4 transactional, 5 control, 6 delete horizon.
package struct RecordBatchHeader: Equatable, Sendable {
    package static let byteCount = 61
    /// The number of bytes before those that the batch length counts.
    package static let lengthEnd = 12
    /// The offset of the checksummed part.
    package static let checksummedFrom = 21

    package var baseOffset: Int64 = 0
    package var batchLength: Int32 = 0
    package var partitionLeaderEpoch: Int32 = -1
    package var checksum: UInt32 = 0
    package var attributes: Int16 = 0
    package var lastOffsetDelta: Int32 = 0
    package var baseTimestamp: Int64 = -1
    package var maxTimestamp: Int64 = -1
    package var producerID: Int64 = -1
    package var producerEpoch: Int16 = -1
    package var baseSequence: Int32 = -1
    package var recordCount: Int32 = 0

    package init() {}

    /// The size of the whole batch in bytes.
    package var totalBytes: Int { Self.lengthEnd + Int(batchLength) }
    /// The size of the records in bytes, as stored (compressed if a codec is set).
    package var payloadBytes: Int { totalBytes - Self.byteCount }
    /// The codec's number in the attributes; 5 to 7 are not defined.
    package var codecNumber: Int16 { attributes & 0x07 }
    package var hasLogAppendTime: Bool {
        get { attributes & 0x08 != 0 }
        set { attributes = newValue ? attributes | 0x08 : attributes & ~0x08 }
    }
    package var isTransactional: Bool {
        get { attributes & 0x10 != 0 }
        set { attributes = newValue ? attributes | 0x10 : attributes & ~0x10 }
    }
    package var isControl: Bool { attributes & 0x20 != 0 }
    /// The offset after the batch, even if compaction has removed its last records.
    package var nextOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) &+ 1 }

    /// Reads a header with valid lengths. Throws for other magic numbers, and names them.
    @_lifetime(reader: copy reader)
    package init(from reader: inout ByteReader) throws(WireError) {
        baseOffset = try reader.bigEndian(Int64.self)
        let lengthOffset = reader.absoluteOffset
        batchLength = try reader.bigEndian(Int32.self)
        partitionLeaderEpoch = try reader.bigEndian(Int32.self)
        let magic = try reader.byte()
        guard magic == 2 else {
            throw WireError(.invalidValue("record format \(magic), only 0 to 2 can be read"), at: reader.absoluteOffset - 1)
        }
        guard batchLength >= Int32(Self.byteCount - Self.lengthEnd) else {
            throw WireError(.badLength(Int(batchLength)), at: lengthOffset)
        }
        checksum = try reader.bigEndian(UInt32.self)
        attributes = try reader.bigEndian(Int16.self)
        lastOffsetDelta = try reader.bigEndian(Int32.self)
        baseTimestamp = try reader.bigEndian(Int64.self)
        maxTimestamp = try reader.bigEndian(Int64.self)
        producerID = try reader.bigEndian(Int64.self)
        producerEpoch = try reader.bigEndian(Int16.self)
        baseSequence = try reader.bigEndian(Int32.self)
        recordCount = try reader.bigEndian(Int32.self)
        guard recordCount >= 0, lastOffsetDelta >= 0 else {
            throw WireError(.badLength(Int(min(recordCount, lastOffsetDelta))), at: reader.absoluteOffset - 4)
        }
    }

    package func encode(into writer: inout ByteWriter) {
        writer.bigEndian(baseOffset)
        writer.bigEndian(batchLength)
        writer.bigEndian(partitionLeaderEpoch)
        writer.byte(2)
        writer.bigEndian(checksum)
        writer.bigEndian(attributes)
        writer.bigEndian(lastOffsetDelta)
        writer.bigEndian(baseTimestamp)
        writer.bigEndian(maxTimestamp)
        writer.bigEndian(producerID)
        writer.bigEndian(producerEpoch)
        writer.bigEndian(baseSequence)
        writer.bigEndian(recordCount)
    }

    /// Whether the checksum matches `batch`, header and records.
    package static func isChecksumValid(of batch: UnsafeRawBufferPointer) -> Bool {
        guard batch.count >= byteCount else { return false }
        let stored = UInt32(bigEndian: batch.loadUnaligned(fromByteOffset: 17, as: UInt32.self))
        return stored == CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[checksummedFrom...]))
    }
}
