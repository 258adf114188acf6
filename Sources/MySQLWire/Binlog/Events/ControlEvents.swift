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
        guard reader.remainingBytes > 5 else {
            throw WireError(.badLength(reader.remainingBytes), at: reader.absoluteOffset)
        }
        postHeaderBytes = try reader.array(reader.remainingBytes - 5)
        let tableMap = Int(EventType.tableMap.rawValue) - 1
        guard tableMap >= postHeaderBytes.count || postHeaderBytes[tableMap] == 8 else {
            throw WireError(.invalidValue("table numbers of four bytes (MySQL 5.1)"), at: reader.absoluteOffset)
        }
        // 0: none, 1: CRC-32, 255: the file is older than checksums.
        let algorithm = try reader.byte()
        guard algorithm <= 1 || algorithm == 255 else {
            throw WireError(.invalidValue("checksum algorithm \(algorithm)"), at: reader.absoluteOffset - 1)
        }
        hasChecksums = algorithm == 1
    }
}

/// ROTATE_EVENT: position u64 | file name to the end
public struct RotateEvent: Equatable, Sendable {
    public let file: String
    /// At most `positionMax`.
    public let position: UInt64

    /// The largest position that is accepted: the size of an event can be added to it without overflow.
    public static let positionMax = UInt64(Int64.max) / 2

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        position = try reader.littleEndian(UInt64.self)
        guard position <= Self.positionMax else {
            throw WireError(.invalidValue("position \(position)"), at: EventHeader.bytes)
        }
        file = try reader.utf8(reader.remainingBytes)
    }
}

/// XA_PREPARE_LOG_EVENT: one-phase flag u8 | format id u32 | global transaction id length u32 | branch qualifier
/// length u32 | both
public struct XAPrepareEvent: Equatable, Sendable {
    /// `XA COMMIT … ONE PHASE`: the transaction is committed, and nothing follows that decides it.
    public let isOnePhase: Bool
    public let formatID: UInt32
    public let globalID: [UInt8]
    public let branchQualifier: [UInt8]

    /// XIDDATASIZE is 128: 64 bytes for each of the two parts.
    static let partBytesMax: UInt32 = 64

    init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body, base: EventHeader.bytes)
        isOnePhase = try reader.byte() != 0
        formatID = try reader.littleEndian(UInt32.self)
        let lengths = (try reader.littleEndian(UInt32.self), try reader.littleEndian(UInt32.self))
        guard max(lengths.0, lengths.1) <= Self.partBytesMax else {
            throw WireError(.badLength(Int(max(lengths.0, lengths.1))), at: reader.absoluteOffset)
        }
        globalID = try reader.array(Int(lengths.0))
        branchQualifier = try reader.array(Int(lengths.1))
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
