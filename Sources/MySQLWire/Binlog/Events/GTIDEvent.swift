import WireCore

/// GTID_EVENT and ANONYMOUS_GTID_EVENT: flags u8 | source UUID 16 bytes | number u64 | logical clock u8 and 2 × u64 |
/// immediate commit timestamp u56 [| original commit timestamp u56] …
package struct GTIDEvent: Equatable, Sendable {
    /// nil for an anonymous transaction.
    package let gtid: GTID?
    /// The commit time on the server where the transaction was first committed, in microseconds since the epoch; nil
    /// before 8.0.1.
    package let originalCommitMicroseconds: UInt64?
    /// The commit time on this server, in microseconds since the epoch.
    package let immediateCommitMicroseconds: UInt64?

    init(body: UnsafeRawBufferPointer, isAnonymous: Bool) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        try reader.skip(1)
        let uuid = try ServerUUID(from: &reader)
        let number = try reader.littleEndian(UInt64.self)
        guard isAnonymous || (1...GTIDSet.numberMax).contains(number) else {
            throw WireError(.invalidValue("GTID number \(number)"), at: EventHeader.bytes + 17)
        }
        gtid = isAnonymous ? nil : GTID(source: uuid, number: number)
        // The logical clock has a type code of its own, 2 in all versions that write it.
        guard reader.remainingBytes >= 17 + 7, reader.peekByte() == 2 else {
            originalCommitMicroseconds = nil
            immediateCommitMicroseconds = nil
            return
        }
        try reader.skip(17)
        let immediate = try reader.littleEndian(byteCount: 7)
        // The highest bit is set if the original timestamp differs and follows.
        let hasOriginal = immediate & (1 << 55) != 0
        immediateCommitMicroseconds = immediate & ~(1 << 55)
        originalCommitMicroseconds = hasOriginal ? try reader.littleEndian(byteCount: 7) : immediateCommitMicroseconds
    }
}
