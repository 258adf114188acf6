import WireCore

/// The 19 bytes before every event: timestamp u32 | type u8 | server id u32 | event size u32 | end position u32 |
/// flags u16.
package struct EventHeader: Equatable, Sendable {
    package static let bytes = 19

    /// The time at which the statement began, in seconds since the epoch; 0 in artificial events.
    package let timestampSeconds: UInt32
    package let type: EventType
    package let serverID: UInt32
    /// Header, body and checksum.
    package let eventBytes: UInt32
    /// The position of the next event in the file; 0 in artificial events.
    package let nextPosition: UInt32
    package let flags: UInt16

    /// LOG_EVENT_ARTIFICIAL_F: generated for the stream, not part of a file.
    package var isArtificial: Bool { flags & 0x20 != 0 }
    /// LOG_EVENT_IGNORABLE_F: a reader that does not support the type may skip the event.
    package var isIgnorable: Bool { flags & 0x80 != 0 }
    /// The position of the event in its file. Files may be larger than 4 GiB only within their last transaction.
    package var position: UInt32 { nextPosition &- min(eventBytes, nextPosition) }

    @_lifetime(reader: copy reader)
    init(from reader: inout ByteReader) throws(WireError) {
        timestampSeconds = try reader.littleEndian(UInt32.self)
        type = EventType(rawValue: try reader.byte())
        serverID = try reader.littleEndian(UInt32.self)
        eventBytes = try reader.littleEndian(UInt32.self)
        nextPosition = try reader.littleEndian(UInt32.self)
        flags = try reader.littleEndian(UInt16.self)
    }
}
