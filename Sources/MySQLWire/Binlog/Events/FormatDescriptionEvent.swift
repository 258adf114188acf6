import WireCore

/// FORMAT_DESCRIPTION_EVENT: binlog version u16 | server version 50 bytes | created u32 | header length u8 |
/// post-header length of each event type u8 | checksum algorithm u8 | checksum u32
package struct FormatDescriptionEvent: Equatable, Sendable {
    package let serverVersion: String
    /// By event type minus one.
    package let postHeaderBytes: [UInt8]
    /// Whether events end with a CRC-32.
    package let hasChecksums: Bool

    /// - Parameter body: everything after the header, including the checksum's four bytes.
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
