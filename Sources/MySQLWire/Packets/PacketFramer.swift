import WireCore

/// Finds packets in what has arrived (Protocol::Packet): length u24, sequence u8, payload.
///
/// A payload of 0xFFFFFF bytes is continued by the next packet; the framer tells how the pieces lie, the channel
/// joins them. Sequence numbers must follow each other, or replies would be taken for others'.
public struct PacketFramer: Equatable {
    public static let headerBytes = 4
    public static let payloadBytesMax = 0xFF_FFFF

    public enum Outcome: Equatable {
        /// So many bytes must have arrived in all before it makes sense to ask again.
        case needMore(wantedBytes: Int)
        /// A whole logical packet of `pieces` physical ones; `totalBytes` includes the headers.
        case packet(pieces: Int, totalBytes: Int)
    }

    /// The sequence number that the next physical packet must have.
    public var nextSequence: UInt8 = 0
    /// A logical packet may be as large as MySQL's largest `max_allowed_packet`, and an event a little more.
    public var packetBytesMax = (1 << 30) + (1 << 20)

    public init() {}

    /// Looks at the front of `bytes`. Throws `.invalidValue` for a sequence gap, `.badLength` beyond the limit.
    public mutating func next(in bytes: UnsafeRawBufferPointer) throws(WireError) -> Outcome {
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
