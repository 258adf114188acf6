import WireCore

/// FORMAT_DESCRIPTION_EVENT: binlog version u16 | server version 50 bytes | created u32 | header length u8 |
/// post-header length of each event type u8 | checksum algorithm u8 | checksum u32
public struct FormatDescriptionEvent: Equatable, Sendable {
    public let serverVersion: String
    /// By event type minus one.
    public let postHeaderBytes: [UInt8]
    /// Whether events end with a CRC-32.
    public let hasChecksums: Bool

    /// - Parameter body: everything after the header, the checksum's four bytes included.
    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        let version = try reader.littleEndian(UInt16.self)
        guard version == 4 else {
            throw WireError(.invalidValue("binlog version \(version)"), at: EventHeader.bytes)
        }
        let name = try reader.array(50)
        serverVersion = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
        try reader.skip(4)
        let headerBytes = try reader.byte()
        guard headerBytes == EventHeader.bytes else {
            throw WireError(.invalidValue("event header of \(headerBytes) bytes"), at: reader.absoluteOffset - 1)
        }
        // The algorithm and its checksum end the event in all versions since 5.6.1.
        guard reader.remainingBytes > 5 else { throw WireError(.badLength(reader.remainingBytes), at: reader.absoluteOffset) }
        postHeaderBytes = try reader.array(reader.remainingBytes - 5)
        let algorithm = try reader.byte()
        guard algorithm <= 1 else {
            throw WireError(.invalidValue("checksum algorithm \(algorithm)"), at: reader.absoluteOffset - 1)
        }
        hasChecksums = algorithm == 1
    }
}

/// ROTATE_EVENT: position u64 | file name to the end
public struct RotateEvent: Equatable, Sendable {
    public let file: String
    public let position: UInt64

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        position = try reader.littleEndian(UInt64.self)
        file = try reader.utf8(reader.remainingBytes)
    }
}

/// QUERY_EVENT: thread u32 | seconds u32 | database length u8 | error u16 | status length u16 | status variables |
/// database NUL | statement to the end
public struct QueryEvent: Equatable, Sendable {
    public let threadID: UInt32
    public let database: String
    public let errorCode: UInt16
    /// In the client's character set, of which only the UTF-8 ones (and ASCII) are text for us.
    public let statement: String
    /// Q_SQL_MODE_CODE; nil where it was not sent.
    public let sqlMode: UInt64?

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        threadID = try reader.littleEndian(UInt32.self)
        try reader.skip(4)
        let databaseBytes = Int(try reader.byte())
        errorCode = try reader.littleEndian(UInt16.self)
        let statusBytes = Int(try reader.littleEndian(UInt16.self))
        var status = try reader.slice(statusBytes)
        // Q_FLAGS2_CODE (0) and Q_SQL_MODE_CODE (1) come first; what follows is of no interest here.
        var mode: UInt64?
        while let code = status.peekByte(), code <= 1 {
            try status.skip(1)
            if code == 0 { try status.skip(4) } else { mode = try status.littleEndian(UInt64.self) }
        }
        sqlMode = mode
        database = String(decoding: try reader.array(databaseBytes), as: UTF8.self)
        try reader.skip(1)
        statement = String(decoding: reader.rest().array(), as: UTF8.self)
    }
}

/// GTID_EVENT and ANONYMOUS_GTID_EVENT: flags u8 | source UUID 16 bytes | number u64 | logical clock u8 and 2 × u64 |
/// immediate commit timestamp u56 [| original commit timestamp u56] …
public struct GTIDEvent: Equatable, Sendable {
    /// Nil for an anonymous transaction.
    public let gtid: GTID?
    /// Microseconds since the epoch when the transaction was committed on the server where it began; nil before 8.0.1.
    public let originalCommitMicroseconds: UInt64?
    /// Microseconds since the epoch when it was committed on this server.
    public let immediateCommitMicroseconds: UInt64?

    init(body: UnsafeRawBufferPointer, isAnonymous: Bool) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        try reader.skip(1)
        let uuid = ServerUUID(bytes: try reader.array(16))
        let number = try reader.littleEndian(UInt64.self)
        gtid = isAnonymous ? nil : GTID(source: uuid, number: number)
        // The logical clock has a type code of its own, 2 in all versions that write it.
        guard reader.remainingBytes >= 17 + 7, reader.peekByte() == 2 else {
            originalCommitMicroseconds = nil
            immediateCommitMicroseconds = nil
            return
        }
        try reader.skip(17)
        let immediate = try reader.littleEndian(byteCount: 7)
        // The highest bit says that the original timestamp differs and follows.
        let hasOriginal = immediate & (1 << 55) != 0
        immediateCommitMicroseconds = immediate & ~(1 << 55)
        originalCommitMicroseconds = hasOriginal ? try reader.littleEndian(byteCount: 7) : immediateCommitMicroseconds
    }
}

/// MariaDB's GTID_EVENT: number u64 | domain u32 | flags u8 …
public struct MariaDBGTIDEvent: Equatable, Sendable {
    public let domain: UInt32
    public let serverID: UInt32
    public let number: UInt64
    public let flags: UInt8

    /// FL_STANDALONE: a single DDL statement, without BEGIN and COMMIT.
    public var isStandalone: Bool { flags & 1 != 0 }
    public var description: String { "\(domain)-\(serverID)-\(number)" }

    init(body: UnsafeRawBufferPointer, serverID: UInt32) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        number = try reader.littleEndian(UInt64.self)
        domain = try reader.littleEndian(UInt32.self)
        flags = try reader.byte()
        self.serverID = serverID
    }
}
