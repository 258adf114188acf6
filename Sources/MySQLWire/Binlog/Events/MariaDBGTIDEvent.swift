import WireCore

/// MariaDB's GTID_EVENT: number u64 | domain u32 | flags u8 …
package struct MariaDBGTIDEvent: Equatable, Sendable {
    package let gtid: MariaDBGTID
    package let flags: UInt8

    /// FL_STANDALONE: a single statement follows. Otherwise this event begins a transaction; there is no BEGIN.
    package var isStandalone: Bool { flags & 0x01 != 0 }
    /// FL_PREPARED_XA: the transaction ends with an XA_PREPARE_LOG_EVENT.
    package var isPreparedXA: Bool { flags & 0x40 != 0 }
    /// FL_COMPLETED_XA: the statement that follows is XA COMMIT or XA ROLLBACK.
    package var isCompletedXA: Bool { flags & 0x80 != 0 }

    init(body: UnsafeRawBufferPointer, serverID: UInt32) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        let number = try reader.littleEndian(UInt64.self)
        gtid = MariaDBGTID(domain: try reader.littleEndian(UInt32.self), serverID: serverID, number: number)
        flags = try reader.byte()
    }
}
