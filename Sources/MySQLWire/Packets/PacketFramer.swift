import WireCore

/// Finds packets in the received bytes (Protocol::Packet): length u24, sequence u8, payload.
///
/// A payload of 0xFFFFFF bytes is continued by the next packet; the framer reports the number of packets, the channel
/// joins them. Sequence numbers must be consecutive, so that a response is never matched to another command.
package struct PacketFramer: Equatable {
    package static let headerBytes = 4
    package static let payloadBytesMax = 0xFF_FFFF

    package enum Outcome: Equatable {
        /// The number of bytes that must have been received in total before the next attempt.
        case needMore(wantedBytes: Int)
        /// A whole packet in `pieces` physical ones; `totalBytes` includes the headers.
        case packet(pieces: Int, totalBytes: Int)
    }

    /// The sequence number that the next physical packet must have.
    package var nextSequence: UInt8 = 0
    /// The maximum size of a whole packet: MySQL's largest `max_allowed_packet`, with a margin for events.
    package var packetBytesMax = (1 << 30) + (1 << 20)

    package init() {}

    /// Examines the beginning of `bytes`. Throws `.invalidValue` for a sequence gap, `.badLength` beyond the limit.
    package mutating func next(in bytes: UnsafeRawBufferPointer) throws(WireError) -> Outcome {
        var offset = 0
        var pieces = 0
        var sequence = nextSequence
        while true {
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[offset...]), base: offset)
            guard reader.remainingBytes >= Self.headerBytes else {
                return .needMore(wantedBytes: offset + Self.headerBytes)
            }
            let length = Int(try reader.littleEndian(byteCount: 3))
            let number = try reader.byte()
            guard number == sequence else {
                throw WireError(.invalidValue("packet number \(number) instead of \(sequence)"), at: offset + 3)
            }
            offset += Self.headerBytes + length
            guard offset <= packetBytesMax else { throw WireError(.badLength(offset), at: 0) }
            guard bytes.count >= offset else { return .needMore(wantedBytes: offset) }
            sequence &+= 1
            pieces += 1
            if length < Self.payloadBytesMax {
                nextSequence = sequence
                return .packet(pieces: pieces, totalBytes: offset)
            }
        }
    }
}
