import WireCore

/// What the headers of fetched records say: how far they go. Contents and checksums are not read.
package struct RecordSetSummary: Equatable, Sendable {
    /// The number of whole batches, or of messages of the formats before Kafka 0.11.
    package private(set) var batchCount = 0
    /// The number of records that the batches announce, including control records.
    package private(set) var recordCount = 0
    /// The offset after the last whole batch; 0 if there is none.
    package private(set) var nextOffset: Int64 = 0
    /// The leader epoch of the last whole batch; -1 for the old formats.
    package private(set) var leaderEpoch: Int32 = -1

    /// The offset of the format's number in batches and messages of every format.
    package static let formatOffset = 16

    /// Stops at the first batch that is truncated or has an invalid length; reading finds out which.
    package init(_ bytes: [UInt8]) {
        bytes.span.bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while rest.count > Self.formatOffset {
                let length = Int(Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 8, as: Int32.self)))
                let end = RecordBatchHeader.lengthEnd + length
                guard length >= 0, end <= rest.count, end > Self.formatOffset else { return }
                let offset = Int64(bigEndian: rest.loadUnaligned(as: Int64.self))
                if rest[Self.formatOffset] < 2 {
                    add(1, after: offset, -1)
                } else if end >= RecordBatchHeader.byteCount {
                    let delta = Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 23, as: Int32.self))
                    let count = Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 57, as: Int32.self))
                    let epoch = Int32(bigEndian: rest.loadUnaligned(fromByteOffset: 12, as: Int32.self))
                    add(Int(max(0, count)), after: offset &+ Int64(delta), epoch)
                } else {
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[end...])
            }
        }
    }

    private mutating func add(_ records: Int, after offset: Int64, _ epoch: Int32) {
        batchCount += 1
        recordCount += records
        nextOffset = offset &+ 1
        leaderEpoch = epoch
    }
}
